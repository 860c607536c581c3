import { http, inApp, type Metric, type TrialRecord } from 'isolate-leak'
import t from 'tap'
import { entryKinds } from '../support/entry-kinds.js'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { patientTiming, quickTiming } from '../support/quick-timing.js'
import { runAlone, runTrials } from '../support/run-trials.js'

const fixture = (name: string): string => projectPath('test', 'fixtures', name)

const OPERATIONS = 512
const small = {
  operations: OPERATIONS,
  threshold: 1024,
  retentionMs: 0,
  seed: 1,
  evidence: 'none',
  ...quickTiming,
} as const

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const growthOf = (record: TrialRecord | undefined, metric: Metric): number | undefined => {
  const [first, last] = [record?.samples[0], record?.samples.at(-1)]
  if (first === undefined || last === undefined) return undefined
  return (last.values[metric] ?? NaN) - (first.values[metric] ?? NaN)
}

for (const [name, { entry, path = '/' }] of Object.entries(entryKinds)) {
  leavesNothing(t, `${name}, under an agent that leaks and under its twin`, async t => {
    const records = await runTrials({
      ...small,
      entry,
      agents: ['process-listener', 'process-listener-removed'].map(name => ({
        name,
        require: fixture(`seeded/${name}.cjs`),
      })),
      workload: http({ path }),
    })
    for (const [agent, record] of records) {
      t.strictSame(record.outcome, { kind: 'completed' }, agent)
      t.match(record.counts, { performed: OPERATIONS, failed: 0, byStatus: { 200: OPERATIONS } })
      t.equal(record.samples.at(-1)?.operations, OPERATIONS)
      t.equal(record.samples.at(-1)?.parts, undefined, 'all of it is the main thread')
    }
    const leak = records.get('process-listener')
    t.equal(growthOf(leak, 'listeners'), OPERATIONS - (leak?.samples[0]?.operations ?? 0), 'one a request')
    t.equal(growthOf(records.get('process-listener-removed'), 'listeners'), 0)
  })
}

leavesNothing(t, 'calls inside an application without a server: a leak and its twin', async t => {
  const records = await runTrials({
    ...small,
    entry: fixture('broken/entry-no-server.cjs'),
    agents: ['leaky', 'harmless'].map(name => ({ name, import: fixture(`runners/${name}-import.mjs`) })),
    workload: inApp(fixture('runners/orders.mjs')),
  })
  for (const [name, record] of records) {
    t.strictSame(record.outcome, { kind: 'completed' })
    t.equal(record.samples.at(-1)?.operations, OPERATIONS)
    const growth = growthOf(record, 'heap') ?? NaN
    t.equal(growth > OPERATIONS * 500, name === 'leaky', `${name}: ${String(growth)} bytes`)
  }
})

for (const [name, label] of [
  ['entry-cluster.cjs', /^child process \S*entry-cluster\.cjs #1$/],
  ['entry-worker.cjs', /^worker thread \S*entry-worker\.cjs #1$/],
] as const) {
  leavesNothing(t, `${name}: threads and processes of the application are measured with it`, async t => {
    const { outcome, samples } = await runAlone({
      ...small,
      ...patientTiming,
      entry: fixture(`broken/${name}`),
      workload: http(),
    })
    t.strictSame(outcome, { kind: 'completed' })
    for (const { parts = [], unread, values } of samples) {
      t.match(
        parts.map(part => part.label),
        ['main thread', label],
      )
      const sum = parts.reduce((bytes, part) => bytes + (part.values.heap ?? NaN), 0)
      // Each part at its lowest, and the sum at its lowest.
      t.ok((values.heap ?? NaN) >= sum, 'the heap is that of both')
      t.equal(unread, undefined)
    }
  })
}

const unread: Record<string, { code: string; what: { kind: string; name: string } }> = {
  'entry-blocked-worker.cjs': {
    code: 'WORKER_THREADS_UNMEASURED',
    what: { kind: 'thread', name: 'worker thread [eval] #1' },
  },
  'entry-foreign-child.cjs': {
    code: 'CHILD_PROCESSES_UNMEASURED',
    what: { kind: 'process', name: 'sleep' },
  },
}

for (const [file, { code, what }] of Object.entries(unread)) {
  leavesNothing(t, `${file}: what cannot be read is said`, async t => {
    const { outcome, samples, warnings } = await runAlone({
      ...small,
      entry: fixture(`parts/${file}`),
      workload: http(),
    })
    t.strictSame(outcome, { kind: 'completed' })
    t.ok(samples.length > 2)
    for (const { unread } of samples) {
      t.match(unread, [what])
      t.equal(unread?.length, 1)
    }
    t.match(warnings.find(warning => warning.code === code)?.message, what.name)
  })
}
