import { http, isolateLeak } from 'isolate-leak'
import t from 'tap'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const life = (name: string): string => projectPath('test', 'fixtures', 'life', name)

leavesNothing(t, 'agents that are only loaded are not clean, beside their twin that is started', async t => {
  const report = await isolateLeak({
    entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
    agents: [
      { name: 'loaded', require: life('quiet-agent') },
      { name: 'empty', require: life('empty.cjs'), env: { EMPTY_URL: '{collector}' } },
      { name: 'started', require: life('start-quiet-agent.cjs') },
    ],
    workload: http(),
    ...{ operations: 512, threshold: 1024, retentionMs: 0, seed: 1, evidence: 'none' },
    ...quickTiming,
  })
  const verdicts = report.components.map(({ name, verdict }) => [name, verdict])
  t.strictSame(verdicts, [
    ['application', 'clean'],
    ['loaded', 'inconclusive'],
    ['empty', 'inconclusive'],
    ['started', 'clean'],
  ])
  t.equal(report.verdict, 'inconclusive')
  const reasons = report.components.map(({ reason }) => reason)
  t.match(
    reasons[1],
    /^It would be called clean, but loaded was loaded and left no sign of life in the application/,
  )
  t.match(reasons[2], /^It would be called clean, but empty was loaded .+, and nothing reached its collector/)
  const inert = report.warnings.filter(({ code }) => code === 'AGENT_INERT')
  t.strictSame(
    inert.map(({ agents, downgrades }) => [agents, downgrades]),
    [
      [['loaded'], true],
      [['empty'], true],
    ],
  )
  const seen = report.conditions.exercised.filter(line => line.includes(' in the application: '))
  t.match(seen, [/^started in the application: http\.Server\.prototype\.emit patched/])
  if (!t.passing())
    t.comment(String(report), JSON.stringify(report.trials.map(({ agents, signs }) => [agents, signs])))
})
