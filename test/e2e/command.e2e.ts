import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, isolateLeak, type CommandOptions, type TrialRecord } from 'isolate-leak'
import t, { type Test } from 'tap'
import { findExecutable } from '../../lib/system/file-exists.js'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { runAlone } from '../support/run-trials.js'
import { spawnCaller } from '../support/spawn-caller.js'

const fixture = (...path: readonly string[]): string => projectPath('test', 'fixtures', ...path)

const OPERATIONS = 512
const small = {
  ...{ operations: OPERATIONS, threshold: 1024, retentionMs: 0, seed: 1, evidence: 'none' as const },
  ...quickTiming,
}

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const own = ['node', fixture('load', 'generator.mjs'), '{url}/orders', '{operations}']

/** A trial of an application that counts its requests itself, and what it counted. */
const countedTrial = async (
  args: readonly string[],
  options?: CommandOptions,
): Promise<{ readonly record: TrialRecord; readonly counted: readonly number[] }> => {
  const folder = await mkdtemp(join(tmpdir(), 'counts-'))
  try {
    const record = await runAlone({
      ...small,
      entry: { file: fixture('load', 'counting-server.cjs'), args: [folder] },
      workload: command(args, options),
    })
    const files = await readdir(folder)
    const counts = await Promise.all(files.map(async file => readFile(join(folder, file), 'utf8')))
    return { record, counted: counts.map(Number) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const isExact = async (t: Test, args: readonly string[], options?: CommandOptions): Promise<TrialRecord> => {
  const { record, counted } = await countedTrial(args, options)
  t.strictSame(record.outcome, { kind: 'completed' })
  t.strictSame(counted, [OPERATIONS], 'the application’s own count')
  t.strictSame(record.counts, { performed: OPERATIONS, failed: 0, byStatus: {} })
  t.match(record.driven, { openedBy: 'counting-server.cjs' })
  return record
}

leavesNothing(
  t,
  'a script of one’s own: a leak is found, its twin and the application are clean',
  async t => {
    const report = await isolateLeak({
      ...small,
      ...{ operations: 2_048, threshold: 128, retentionMs: 200 },
      entry: fixture('apps', 'plain-server.cjs'),
      agents: ['object-each', 'timer-cleared'].map(name => ({
        name,
        require: fixture('seeded', `${name}.cjs`),
      })),
      workload: command(own, { count: /(\d+) requests performed/ }),
    })
    t.strictSame(
      report.components.map(({ name, verdict }) => [name, verdict]),
      [
        ['application', 'clean'],
        ['object-each', 'leak'],
        ['timer-cleared', 'clean'],
      ],
      String(report),
    )
    t.match(report.conditions.exercised.join('\n'), /with new connections each time/)
    t.match(report.conditions.notExercised.join('\n'), /kept on connections as long as they are open/)
    t.match(report.options.rerun?.workload, { command: { args: own } })
  },
)

leavesNothing(t, 'a generator that is Node is no part of the application, and gets no agent', async t => {
  const outputs: string[] = []
  const count = (output: string): number => {
    outputs.push(output)
    return Number(/(\d+) requests/.exec(output)?.[1])
  }
  const { samples, warnings } = await isExact(t, own, { count })
  t.match(outputs[0], '{"NODE_OPTIONS":null,"ISOLATE_LEAK_PROBE":null,"execArgv":[]}')
  t.equal(outputs.length, 3, 'a process a round')
  t.ok(samples.every(({ children, parts = [] }) => children === 0 && parts.length === 0))
  t.strictSame(warnings, [])
})

leavesNothing(t, 'autocannon as a command performs exactly what it is asked for', async t => {
  const args = ['autocannon', '-a', '{operations}', '-c', '4', '--json', '{url}']
  await isExact(t, args, { cwd: projectPath(), count: /"2xx":(\d+)/ })
})

const h2load = findExecutable('h2load', { cwd: '/', path: process.env.PATH ?? '' })
if (h2load === undefined) {
  t.comment('skipped: h2load is not installed (apt-get install nghttp2-client)')
} else {
  leavesNothing(t, 'h2load performs exactly what it is asked for, and its exit status says so', async t => {
    const args = ['h2load', '--h1', '-n', '{operations}', '-c', '4', '{url}']
    await isExact(t, args, { count: /(\d+) succeeded/ })
    await isExact(t, args)
  })
}

leavesNothing(t, 'a generator that fails is an error with its last lines, without secrets', async t => {
  const workload = command([
    'sh',
    '-c',
    'echo "connecting with $1"; exit 7',
    '{operations}',
    'token=hush-hush-1',
  ])
  const run = isolateLeak({ ...small, entry: fixture('apps', 'plain-server.cjs'), workload })
  await t.rejects(run, {
    code: 'ERR_WORKLOAD_FAILED',
    message:
      /the workload failed on .*plain-server\.cjs: sh ended with exit status 7\nLast lines of its output:\n +connecting with token=\*\*\*$/,
  })
})

leavesNothing(t, 'what the function count throws is the cause', async t => {
  const thrown = new TypeError('no number')
  const count = (): number => {
    throw thrown
  }
  const run = isolateLeak({
    ...small,
    entry: fixture('apps', 'plain-server.cjs'),
    workload: command(['sh', '-c', 'true', '{operations}'], { count }),
  })
  const error: unknown = await run.catch((reason: unknown) => reason)
  t.match(error, { code: 'ERR_WORKLOAD_FAILED', message: /the function count threw: no number/ })
  t.equal((error as Error).cause, thrown)
})

leavesNothing(t, 'a run that is aborted while its generator works', async t => {
  const stop = new AbortController()
  const run = isolateLeak({
    ...small,
    entry: fixture('apps', 'plain-server.cjs'),
    workload: command(['sh', '-c', 'trap "" TERM; sleep 300 & sleep 301', '{operations}', '{url}']),
    signal: stop.signal,
    onEvent: event => {
      if (event.type === 'trial-sample') setTimeout(() => stop.abort(), 300)
    },
  })
  await t.rejects(run, { code: 'ERR_ABORTED' })
})

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  leavesNothing(t, `${signal} of the caller while its generator works`, async () => {
    const caller = spawnCaller(fixture('load', 'call-and-wait.mjs'))
    const closed = once(caller, 'close')
    await once(caller.stdout, 'data')
    const isDriven = async (): Promise<boolean> =>
      (await watch.leftovers()).processes.some(line => line.endsWith('sleep 302 '))
    while (!(await isDriven())) await new Promise(resolve => setTimeout(resolve, 50))
    caller.kill(signal)
    await closed
  })
}
