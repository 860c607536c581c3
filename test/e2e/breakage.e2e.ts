import { once } from 'node:events'
import { copyFile, readFile, symlink } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { http, IsolateLeakError, isolateLeak, type IsolateLeakOptions, type TrialRecord } from 'isolate-leak'
import t, { type Test } from 'tap'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { runAlone, runTrials } from '../support/run-trials.js'
import { spawnCaller } from '../support/spawn-caller.js'

const broken = (name: string): string => projectPath('test', 'fixtures', 'broken', name)
const server = projectPath('test', 'fixtures', 'apps', 'plain-server.cjs')

const harmless = { name: 'harmless', require: broken('agent-harmless.cjs') }
const base: IsolateLeakOptions = {
  entry: server,
  agents: [],
  workload: http(),
  operations: 512,
  threshold: 1024,
  retentionMs: 0,
  readyTimeoutMs: 20_000,
  seed: 1,
  evidence: 'none',
  ...quickTiming,
  // Where a launch fails, another beside it shows nothing more.
  concurrency: 1,
}

const watch = await watchLeftovers()
t.teardown(() => watch.close())

const leavesNothing = leavingNothing(watch)

const failsWith = async (
  t: Test,
  options: Partial<IsolateLeakOptions>,
  code: string,
  message: RegExp,
): Promise<unknown> => {
  const error: unknown = await isolateLeak({ ...base, ...options }).then(
    report => report.verdict,
    (reason: unknown) => reason,
  )
  if (!(error instanceof IsolateLeakError)) {
    t.fail(`expected an IsolateLeakError, got ${String(error)}`)
    return error
  }
  t.equal(error.code, code)
  t.match(error.message, message)
  return error.cause
}

const outcomes = (trials: readonly TrialRecord[], agent?: string): string[] =>
  trials
    .filter(({ agents }) => (agent === undefined ? agents.length === 0 : agents.includes(agent)))
    .map(({ outcome }) => outcome.kind)

leavesNothing(t, 'missing entry', t =>
  failsWith(t, { entry: broken('no-such-file.cjs') }, 'ERR_ENTRY_NOT_FOUND', /no-such-file\.cjs/),
)

leavesNothing(t, 'entry that throws', t =>
  failsWith(t, { entry: broken('entry-throws.cjs') }, 'ERR_ENTRY_CRASHED', /no database url/),
)

leavesNothing(t, 'entry that exits 0', t =>
  failsWith(t, { entry: broken('entry-exits.cjs') }, 'ERR_ENTRY_EXITED', /exit.*nothing to do/s),
)

leavesNothing(t, 'entry that never listens', t =>
  failsWith(
    t,
    { entry: broken('entry-never-listens.cjs'), readyTimeoutMs: 2_000 },
    'ERR_ENTRY_NOT_READY',
    /readyTimeoutMs \(2000 ms\).*waiting for a leader/s,
  ),
)

leavesNothing(t, 'port taken', async t => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const port = (holder.address() as AddressInfo).port.toString()
  const entry = { file: broken('entry-fixed-port.cjs'), env: { FIXED_PORT: port } }
  await failsWith(t, { entry }, 'ERR_PORT_IN_USE', /port is taken/)
  holder.close()
  await once(holder, 'close')
})

leavesNothing(t, 'agent that throws', t =>
  failsWith(
    t,
    { agents: [{ name: 'apm', require: broken('agent-throws.cjs') }] },
    'ERR_AGENT_CRASHED',
    /apm.*no license key/s,
  ),
)

leavesNothing(t, 'agent that ends with a failure', t =>
  failsWith(
    t,
    { agents: [{ name: 'apm', require: broken('agent-exits-1.cjs') }] },
    'ERR_AGENT_CRASHED',
    /apm.*exit status 1.*unsupported platform/s,
  ),
)

leavesNothing(t, 'agent that calls process.exit', t =>
  failsWith(
    t,
    { agents: [{ name: 'apm', require: broken('agent-exits.cjs') }] },
    'ERR_AGENT_EXITED',
    /apm.*exit status 0/s,
  ),
)

leavesNothing(t, 'agent whose library the loader does not find, and its twin', async t => {
  const library = join(t.testdir(), 'libapm.so')
  const agents = [{ name: 'apm', env: { LD_PRELOAD: library } }]
  await failsWith(
    t,
    { agents },
    'ERR_AGENT_NOT_LOADED',
    /with apm .*expected the loader to inject .*libapm\.so/s,
  )
  const ordinary = /\S*\/lib(?:dl|m)[-.]\S*so\S*/.exec(await readFile('/proc/self/maps', 'utf8'))?.[0] ?? ''
  // As such libraries are installed.
  await copyFile(ordinary, `${library}.1.2`)
  await symlink('libapm.so.1.2', library)
  const trials = await runTrials({ ...base, agents, operations: 64 })
  t.strictSame(trials.get('apm')?.outcome, { kind: 'completed' })
})

leavesNothing(t, 'workload that throws', async t => {
  const thrown = new Error('the shop is closed')
  const workload = (): Promise<void> => Promise.reject(thrown)
  t.equal(await failsWith(t, { workload }, 'ERR_WORKLOAD_FAILED', /the shop is closed/), thrown)
})

leavesNothing(t, 'workload whose requests are refused', t =>
  failsWith(
    t,
    { entry: projectPath('test', 'fixtures', 'apps', 'express-server.cjs') },
    'ERR_WORKLOAD_FAILED',
    /404/,
  ),
)

leavesNothing(t, 'abort in the middle', async t => {
  const controller = new AbortController()
  await failsWith(
    t,
    {
      // Its own process group ignores SIGTERM, and one process has left the group.
      entry: broken('entry-ignores-signals.cjs'),
      agents: [{ name: 'daemon', require: broken('agent-detached-child.cjs') }],
      operations: 1_000_000,
      concurrency: 2,
      signal: controller.signal,
      onEvent: event => {
        if (event.type === 'trial-ready' && event.trial.agents.length === 0)
          setTimeout(() => {
            controller.abort()
          }, 300)
      },
    },
    'ERR_ABORTED',
    /aborted/,
  )
})

leavesNothing(t, 'application that ignores SIGTERM, agent that leaves the process group', async t => {
  const trials = await runTrials({
    ...base,
    entry: broken('entry-ignores-signals.cjs'),
    agents: [harmless, { name: 'daemon', require: broken('agent-detached-child.cjs') }],
    concurrency: 2,
  })
  t.strictSame(trials.get('daemon')?.outcome, { kind: 'completed' })
})

leavesNothing(t, 'application that crashes under load', async t => {
  const entry = broken('entry-crashes-under-load.cjs')
  const { outcome } = await runAlone({ ...base, entry, operations: 2_048 })
  t.equal(outcome.kind, 'crashed')
})

leavesNothing(t, 'application that blocks for ever', async t => {
  const report = await isolateLeak({
    ...base,
    entry: broken('entry-blocks.cjs'),
    workload: http({ timeoutMs: 60_000 }),
    trialTimeoutMs: 3_000,
    concurrency: 3,
  })
  t.equal(report.verdict, 'inconclusive')
  t.same(new Set(outcomes(report.trials)), new Set(['hung']))
})

leavesNothing(t, 'agent that runs the application out of memory', async t => {
  const trials = await runTrials({
    ...base,
    entry: { file: server, nodeArgs: ['--max-old-space-size=48'] },
    agents: [{ name: 'hoarder', require: broken('agent-hoards.cjs') }],
  })
  t.equal(trials.get('hoarder')?.outcome.kind, 'out-of-memory')
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
  leavesNothing(t, `${signal} of the caller`, async t => {
    const caller = spawnCaller(broken('call-and-wait.mjs'))
    const closed = once(caller, 'close')
    await once(caller.stdout, 'data')
    t.notSame((await watch.leftovers()).processes, [], 'the application runs')
    caller.kill(signal)
    const [exitCode, received] = (await closed) as [number | null, NodeJS.Signals | null]
    t.not(exitCode, 0)
    t.ok(exitCode !== null || received === signal)
  })
}
