import { http, type IsolateLeakOptions, type TrialRecord } from 'isolate-leak'
import t, { type Test } from 'tap'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { patientTiming } from '../support/quick-timing.js'
import { runAlone } from '../support/run-trials.js'

const fixture = (name: string): string => projectPath('test', 'fixtures', 'parts', name)

const OPERATIONS = 640
/** Least that keep.cjs keeps for a call: told apart from warming up in so few. */
const KEPT_BYTES = 2_048

const options = (entry: string, env: Record<string, string>): Omit<IsolateLeakOptions, 'agents'> => ({
  entry: { file: fixture(entry), env: { ...env, PARTS_SLOTS: String(KEPT_BYTES / 8) } },
  workload: http(),
  operations: OPERATIONS,
  threshold: 512,
  retentionMs: 300,
  seed: 1,
  evidence: 'none',
  ...patientTiming,
})

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

/** By label of the part: how much its heap grew, bytes; what was not there in the beginning began with nothing. */
const growthByPart = ({ samples }: TrialRecord): Record<string, number> => {
  const [first, last] = [samples[0], samples.at(-1)]
  const before = new Map(first?.parts?.map(({ label, values }) => [label, values.heap ?? NaN]))
  return Object.fromEntries(
    (last?.parts ?? []).map(({ label, values }) => [label, (values.heap ?? NaN) - (before.get(label) ?? 0)]),
  )
}

const isMeasured = (t: Test, { outcome, samples }: TrialRecord): void => {
  t.strictSame(outcome, { kind: 'completed' })
  t.notOk(
    samples.some(({ unread }) => unread !== undefined),
    'threads and processes were read, all of them',
  )
}

/** Labels of the parts that grow more in a leak than in its twin, by half of what is kept for so many calls or more. */
const grows = (leak: TrialRecord, twin: TrialRecord, calls: number): string[] => {
  const other = growthByPart(twin)
  return Object.entries(growthByPart(leak))
    .filter(([label, growth]) => growth - (other[label] ?? NaN) > (KEPT_BYTES / 2) * calls)
    .map(([label]) => label)
}

interface Case {
  readonly entry: string
  readonly env?: Record<string, string>
  readonly leak: string
  /** Calls for which something is kept, at least; in each part, where there are several. */
  readonly calls: number
  /** Labels of the parts that grow. */
  readonly where: readonly RegExp[]
}

const cases: Record<string, Case> = {
  'a worker thread': {
    ...{ entry: 'thread.cjs', leak: 'thread 1', calls: OPERATIONS / 2 },
    where: [/^worker thread \S*thread\.cjs #2$/],
  },
  'a forked process': {
    ...{ entry: 'child.cjs', leak: 'child', calls: OPERATIONS },
    where: [/^child process \S*worker-process\.cjs #1$/],
  },
  'the processes of a cluster': {
    ...{ entry: 'cluster.cjs', leak: 'cluster', calls: OPERATIONS / 4 },
    where: [1, 2].map(number => new RegExp(String.raw`^child process \S*cluster\.cjs #${String(number)}$`)),
  },
}

const twins = new Map<string, Promise<TrialRecord>>()
/** One launch with nothing that leaks, for all leaks of the same application. */
const twinOf = (entry: string, env: Record<string, string>): Promise<TrialRecord> => {
  const key = JSON.stringify([entry, env])
  const twin = twins.get(key) ?? runAlone(options(entry, env))
  twins.set(key, twin)
  return twin
}

for (const [name, { entry, env = {}, leak, calls, where }] of Object.entries(cases)) {
  leavesNothing(t, `a leak in ${name} grows there and nowhere else, its twin does not`, async t => {
    const [leaks, twin] = await Promise.all([
      runAlone(options(entry, { ...env, PARTS_LEAK: leak })),
      twinOf(entry, env),
    ])
    isMeasured(t, leaks)
    isMeasured(t, twin)
    t.match(
      Object.keys(growthByPart(twin)).sort(),
      Object.keys(growthByPart(leaks)).sort(),
      'the same labels',
    )
    const found = grows(leaks, twin, calls)
    t.equal(found.length, where.length, JSON.stringify([growthByPart(leaks), growthByPart(twin)]))
    t.match(found, where)
  })
}

leavesNothing(t, 'worker threads that pile up are counted, their twins are not', async t => {
  const threads = ({ samples }: TrialRecord): number[] => samples.map(({ workers }) => workers ?? NaN)
  const [leaks, twin] = await Promise.all([
    runAlone(options('piling.cjs', { PARTS_LEAK: 'piling' })),
    runAlone(options('piling.cjs', {})),
  ])
  isMeasured(t, leaks)
  isMeasured(t, twin)
  // One in 160 requests starts one.
  t.equal(threads(leaks).at(-1), OPERATIONS / 160)
  t.equal(
    Object.keys(growthByPart(leaks)).filter(label => /piling-thread\.cjs #\d+$/.test(label)).length,
    OPERATIONS / 160,
  )
  t.equal(threads(twin).at(-1), 0)
})
