import { http, isolateLeak, type IsolateLeakOptions, type IsolationReport } from 'isolate-leak'
import t from 'tap'
import { projectPath } from '../support/project-path.js'

const fixture = (path: string): string => projectPath('test', 'fixtures', path)

const sets = (name: string): { name: string; require: string } => ({
  name,
  require: fixture(`seeded-sets/${name}.cjs`),
})
const seeded = (name: string): { name: string; require: string } => ({
  name,
  require: fixture(`seeded/${name}.cjs`),
})

const run = (
  agents: NonNullable<IsolateLeakOptions['agents']>,
  more: Partial<IsolateLeakOptions> = {},
): Promise<IsolationReport> =>
  isolateLeak({
    entry: fixture('apps/plain-server.cjs'),
    agents,
    workload: http(),
    effort: 'quick',
    operations: 2_560,
    threshold: 64,
    retentionMs: 1_000,
    // Most of a trial is waiting for the heap to come to rest.
    concurrency: 4,
    seed: 1,
    evidence: 'none',
    ...more,
  })

const culprits = ({ culprits: found }: IsolationReport): string[] =>
  found.map(({ kind, agents }) => `${kind} ${agents.join('+')}`)
const codes = ({ warnings }: IsolationReport): string[] => warnings.map(({ code }) => code)

t.test('two agents that leak only together are one culprit', async t => {
  const report = await run([sets('spans-shared-key'), seeded('offset'), sets('response-ids')])
  t.same(culprits(report), ['interaction spans-shared-key+response-ids'], String(report))
  t.equal(report.verdict, 'leak')
  t.equal(report.components.filter(({ verdict }) => verdict === 'clean').length, 4)
  const account = String(report).replaceAll(/\s+/g, ' ')
  t.match(account, /LEAK: spans-shared-key and response-ids together add/)
  t.match(account, /Clean when alone: spans-shared-key and response-ids\./)
  t.ok(report.conditions.exercised.includes('all agents together'))
})

t.test('their harmless twins are not', async t => {
  const report = await run([sets('spans-own-key'), sets('response-ids')])
  t.same(culprits(report), [], String(report))
  t.equal(report.verdict, 'clean')
})

t.test('a leak that another agent holds back is named, and that it is held back', async t => {
  const report = await run([sets('event-log'), sets('event-log-reader')])
  t.same(culprits(report), ['agent event-log'], String(report))
  t.ok(codes(report).includes('LEAK_SUPPRESSED'))
})

t.test('agents that do not start together are judged alone', async t => {
  const report = await run([sets('only-one'), sets('only-one-too')])
  t.equal(report.verdict, 'clean', String(report))
  t.ok(report.trials.some(({ outcome }) => outcome.kind === 'not-started'))
  t.match(report.conditions.notExercised, [])
  t.match(report.conditions.notExercised.join('\n'), 'all agents together: no trial with all of them')
})

t.test('from five agents on: all together, then halves of what leaks', async t => {
  const agents = [
    ...['offset', 'ring-buffer', 'timer-cleared', 'object-each', 'buffer-pool'].map(seeded),
    sets('response-ids'),
    sets('spans-own-key'),
  ]
  // Fewer would be confirmed with twice as many.
  const report = await run(agents, { operations: 5_120 })
  t.same(culprits(report), ['agent object-each'], String(report))
  t.equal(report.options.strategy, 'halving')
  t.same(
    report.components.filter(({ verdict }) => verdict !== 'clean').map(({ name }) => name),
    ['object-each'],
  )
  const measured = report.trials.filter(({ purpose }) => purpose === 'measure').length
  t.ok(measured < 3 * (agents.length + 1), `${measured} trials`)
})
