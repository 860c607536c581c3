import { http, type TrialRecord } from 'isolate-leak'
import t from 'tap'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { runTrials } from '../support/run-trials.js'

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const OPERATIONS = 640
/** What a line takes that waits to be sent, at least. */
const LINE_BYTES = 2_048

const lines = (name: string, env: Readonly<Record<string, string>> = {}) => ({
  name,
  require: projectPath('test', 'fixtures', 'agents', 'sends-lines.cjs'),
  env: { LINES_URL: '{collector}', ...env },
})

const run = (backend: 'up' | 'slow'): Promise<ReadonlyMap<string, TrialRecord>> =>
  runTrials(
    {
      entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
      agents: [lines('all'), lines('latest fifty', { LINES_MOST: '50' })],
      workload: http(),
      ...{ operations: OPERATIONS, threshold: LINE_BYTES, backends: [backend], seed: 1 },
      ...quickTiming,
    },
    backend,
  )

leavesNothing(
  t,
  'what waits while a collector does not answer grows, and only then; its twin keeps the latest',
  async t => {
    for (const backend of ['up', 'slow'] as const) {
      const trials = await run(backend)
      for (const [name, { outcome, samples, collectors = [] }] of trials) {
        t.strictSame(outcome, { kind: 'completed' })
        const heaps = samples.map(({ values }) => values.heap ?? NaN)
        const growth = (heaps.at(-1) ?? NaN) - (heaps[0] ?? NaN)
        const grows = backend === 'slow' && name === 'all'
        t.equal(growth > (LINE_BYTES * OPERATIONS) / 2, grows, `${name}, ${backend}: ${String(growth)} bytes`)
        const requests = collectors.map(({ atEnd }) => atEnd.requests)
        if (backend === 'up') t.ok((requests[0] ?? 0) > 1, 'the lines were sent')
      }
    }
  },
)
