import t, { type Test } from 'tap'
import { launchApplication, type Application } from '../../lib/trial/launch-with-probe.js'
import { markedProcesses } from '../../lib/system/process-end.js'
import { runCommand } from '../../lib/system/run-command.js'
import type { TrialSpec } from '../../lib/trial/types.js'
import type * as TrialHost from '../../lib/trial/trial-host.js'
import { untimelyExit } from '../../lib/trial/limits.js'
import { TrialEnded, TrialFailed } from '../../lib/trial/trial-stop.js'
import { built } from '../support/run-trials.js'

const PATH = process.env['PATH'] ?? ''
let launched = 0

const marker = `process-end-test-${String(process.pid)}`

const launch = async (t: Test, [file, ...args]: readonly [string, ...string[]]): Promise<Application> => {
  const application = await launchApplication({
    ...{ file, args, cwd: process.cwd(), env: { PATH }, stdin: '' },
    marker: `${marker}.${String(++launched)}`,
  })
  t.teardown(async () => application.end())
  return application
}

/** More than a pipe holds, so that the last of it is still to be read when the process is gone. Quicker to start than a Node. */
const writesMuch = (last: string): [string, ...string[]] => [
  ...(['/bin/sh', '-c'] as const),
  `yes xxxxxxxxx | head -c 300000 >&2; echo '${last}' >&2; exit 1`,
]
/** Its last line is still to come when the process itself is gone. */
const writesLate = (last: string): [string, ...string[]] => [
  ...(['/bin/sh', '-c'] as const),
  `(sleep 0.2; echo '${last}' >&2) & exit 1`,
]
/** A process that holds the output of its parent open, and tells its number. */
const leavesOneBehind: [string, ...string[]] = [
  ...([process.execPath, '-e'] as const),
  `
  const { pid } = require('node:child_process')
    .spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'inherit' })
  process.stdout.write('left behind: ' + pid + '\\n', () => process.exit(1))`,
]

t.test('the last line of an application that ended is what its end is read by', async t => {
  const kindOf = async (command: [string, ...string[]], readyMs: number): Promise<string> => {
    const application = await launch(t, command)
    const error: unknown = await untimelyExit(application, { readyMs }).catch((reason: unknown) => reason)
    if (error instanceof TrialFailed) return error.failure.kind
    return error instanceof TrialEnded ? error.outcome.kind : String(error)
  }
  const inUse = 'Error: listen EADDRINUSE: address already in use'
  const outOfMemory = 'FATAL ERROR: Reached heap limit'
  t.equal(await kindOf(writesLate(inUse), 0), 'port-in-use')
  t.equal(await kindOf(writesLate(outOfMemory), 1), 'out-of-memory')
  t.equal(await kindOf(writesLate('Error: no orders'), 1), 'crashed')

  const kinds = new Set<string>()
  for (let round = 0; round < 30; round++) kinds.add(await kindOf(writesMuch(inUse), 0))
  t.same([...kinds], ['port-in-use'])
})

t.test('what the application left behind is not waited for', async t => {
  const application = await launch(t, leavesOneBehind)
  const error: unknown = await untimelyExit(application, { readyMs: 0 }).catch((reason: unknown) => reason)
  t.match(error, { failure: { kind: 'crashed', output: /left behind/ } })
  const left = Number(/\d+/.exec(application.output.text())?.[0])
  t.doesNotThrow(() => process.kill(left, 0), 'it still runs')
  await application.end()
  t.same(await markedProcesses(marker), [])
})

t.test('a command is over when it has ended, with all that it wrote', async t => {
  const run = async ([file, ...args]: readonly [string, ...string[]]): ReturnType<typeof runCommand> =>
    runCommand({ file, args, cwd: process.cwd(), env: { PATH } })
  const { stderr } = await run(writesMuch('the end'))
  t.equal(stderr.length, 300_000 + 'the end\n'.length)
  t.ok(stderr.endsWith('\nthe end\n'))

  const { stdout, exitCode } = await run(leavesOneBehind)
  t.match(stdout, /^left behind: \d+\n$/)
  t.equal(exitCode, 1)
  process.kill(Number(/\d+/.exec(stdout)?.[0]), 'SIGKILL')
})

t.test('a host that fails says why before it ends', async t => {
  const { openTrialHost } = await built<typeof TrialHost>('trial', 'trial-host.js')
  const noFunctions = { workload: null, ready: null, requests: null, count: null }
  const observer = { ready() {}, answered() {}, sample() {}, turn: async () => {}, idle() {} }
  const failing = async (): Promise<void> => {
    const host = openTrialHost(noFunctions)
    await t.rejects(host.resume({ id: 2 } as TrialSpec, 1, observer), {
      code: 'ERR_HOST_FAILED',
      message: /expected trial 1 to be kept alive/,
    })
    await host.close()
  }
  await Promise.all(Array.from({ length: 3 }, failing))
})
