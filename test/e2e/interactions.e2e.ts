import { http, isolateLeak, type IsolateLeakOptions, type IsolationReport } from 'isolate-leak'
import t from 'tap'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { madeUpScale } from '../support/made-up-apm.js'
import { spansAgents } from '../support/made-up-config.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'

const fixture = (path: string): string => projectPath('test', 'fixtures', path)

const sets = (name: string): { name: string; require: string } => ({
  name,
  require: fixture(`seeded-sets/${name}.cjs`),
})
const seeded = (name: string): { name: string; require: string } => ({
  name,
  require: fixture(`seeded/${name}.cjs`),
})

const run = (agents: IsolateLeakOptions['agents']): Promise<IsolationReport> =>
  isolateLeak({
    // 2 kB of what the agents below keep of a request.
    entry: { file: fixture('apps/plain-server.cjs'), env: { SEEDED_VALUES: '256' } },
    agents,
    workload: http(),
    ...{ ...madeUpScale, seed: 1, evidence: 'none' },
    ...quickTiming,
  })

const culprits = ({ culprits: found }: IsolationReport): string[] =>
  found.map(({ kind, agents }) => `${kind} ${agents.join('+')}`)

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

leavesNothing(t, 'two agents that leak only together are one culprit', async t => {
  const report = await run([sets('spans-shared-key'), sets('response-ids')])
  t.same(culprits(report), ['interaction spans-shared-key+response-ids'], String(report))
  t.equal(report.verdict, 'leak')
  t.equal(report.components.filter(({ verdict }) => verdict === 'clean').length, 3)
  const account = String(report).replaceAll(/\s+/g, ' ')
  t.match(account, /LEAK: spans-shared-key and response-ids together add/)
  t.match(account, /Clean when alone: spans-shared-key and response-ids\./)
  t.ok(report.conditions.exercised.includes('all agents together'))
})

leavesNothing(t, 'their harmless twins are not', async t => {
  const report = await run([sets('spans-own-key'), sets('response-ids')])
  t.same(culprits(report), [], String(report))
  t.equal(report.verdict, 'clean')
})

leavesNothing(t, 'a leak that another agent holds back is named, and that it is held back', async t => {
  const report = await run([sets('event-log'), sets('event-log-reader')])
  t.same(culprits(report), ['agent event-log'], String(report))
  t.ok(report.warnings.some(({ code }) => code === 'LEAK_SUPPRESSED'))
})

leavesNothing(t, 'agents that do not start together are judged alone', async t => {
  const report = await run([sets('only-one'), sets('only-one-too')])
  t.equal(report.verdict, 'clean', String(report))
  t.ok(report.trials.some(({ outcome }) => outcome.kind === 'not-started'))
  t.match(report.conditions.notExercised.join('\n'), 'all agents together: no trial with all of them')
})

leavesNothing(t, 'from five agents on: all together, then halves of what leaks', async t => {
  const agents = [...['offset', 'timer-cleared', 'process-listener-removed'].map(seeded), ...spansAgents]
  const report = await run(agents)
  t.same(culprits(report), ['agent leaks'], String(report))
  t.equal(report.options.strategy, 'halving')
  t.same(
    report.components.filter(({ verdict }) => verdict !== 'clean').map(({ name }) => name),
    ['leaks'],
  )
})
