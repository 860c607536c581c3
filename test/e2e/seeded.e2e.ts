import { http, idle, isolateLeak, type IsolationReport } from 'isolate-leak'
import t, { type Test } from 'tap'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { seededCases, type SeededCase } from '../support/seeded-cases.js'

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const entry = projectPath('test', 'fixtures', 'apps', 'plain-server.cjs')

const named = (...names: readonly string[]): readonly SeededCase[] =>
  names.map(name => {
    const found = seededCases.find(seeded => seeded.name === name)
    if (found === undefined) throw new Error(`expected a seeded case ${name}`)
    return found
  })

/** Leaks are named with the metric that grows and by how much; twins and the application are clean. */
const isTold = (t: Test, report: IsolationReport, cases: readonly SeededCase[]): void => {
  t.strictSame(
    report.components.map(({ name, verdict }) => [name, verdict]),
    [['application', 'clean'], ...cases.map(({ name, leaks }) => [name, leaks ? 'leak' : 'clean'])],
  )
  for (const { name, metric, perOperation } of cases.filter(({ leaks }) => leaks)) {
    const culprit = report.culprits.find(({ agents }) => agents.join() === name)
    const grown = [culprit, ...(culprit?.alsoGrows ?? [])].find(one => one?.metric === metric)
    const growth = grown?.growth.estimate ?? NaN
    t.ok(Math.abs(growth / (perOperation ?? NaN) - 1) < 0.3, `${name}: ${growth} of ${metric}`)
  }
  if (!t.passing()) t.comment(String(report))
}

leavesNothing(t, 'buffers per request, beside their harmless twin', async t => {
  const cases = named('buffer-each', 'buffer-dropped')
  const report = await isolateLeak({
    entry,
    agents: cases.map(({ name, file }) => ({ name, require: file })),
    workload: http(),
    // Memory outside the heap, which moves in coarser steps, leaks from four times as much.
    ...{ operations: 1_280, threshold: 256, retentionMs: 300, seed: 1, evidence: 'none' },
    ...quickTiming,
  })
  isTold(t, report, cases)
})

leavesNothing(t, 'growth by the second of an idle application, beside its harmless twin', async t => {
  const cases = named('growth-each-second', 'batch-each-2s')
  const report = await isolateLeak({
    entry,
    agents: cases.map(({ name, file }) => ({ name, require: file })),
    workload: idle(),
    // All at a time: an idle trial is nothing but waiting.
    ...{ operations: 10, threshold: 4096, concurrency: 9, seed: 1, evidence: 'none' },
  })
  isTold(t, report, cases)
})
