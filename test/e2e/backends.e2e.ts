import { http, isolateLeak, type IsolationReport } from 'isolate-leak'
import t from 'tap'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const ask = (env: Readonly<Record<string, string>>): Promise<IsolationReport> =>
  isolateLeak({
    entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
    agents: [
      {
        name: 'lines',
        require: projectPath('test', 'fixtures', 'agents', 'sends-lines.cjs'),
        env: { LINES_URL: '{collector}', ...env },
      },
    ],
    workload: http(),
    operations: 640,
    threshold: 512,
    backends: ['up', 'slow'],
    retentionMs: 300,
    seed: 1,
    evidence: 'none',
    ...quickTiming,
  })

const verdicts = (report: IsolationReport): unknown =>
  report.components
    .find(({ name }) => name === 'lines')
    ?.conditions?.map(({ backend, verdict }) => [backend, verdict])

leavesNothing(t, 'an agent that leaks while its collector does not answer, and only then', async t => {
  const report = await ask({})
  t.match(report.culprits, [{ kind: 'agent', agents: ['lines'], backend: 'slow', backends: ['slow'] }])
  t.same(verdicts(report), [
    ['up', 'clean'],
    ['slow', 'leak'],
  ])
  t.match(String(report).replaceAll(/\s+/g, ' '), /Only while [^.]* \(slow\); clean while it answers \(up\)/)
  const sent = report.trials.flatMap(({ backend, collectors = [] }) =>
    collectors.map(({ atEnd }) => [backend, atEnd.requests] as const),
  )
  t.ok(
    sent.some(([backend, requests]) => backend === 'up' && requests > 1),
    'the lines were sent',
  )
  if (!t.passing()) t.comment(String(report))
})

leavesNothing(t, 'its twin keeps the latest fifty', async t => {
  const report = await ask({ LINES_MOST: '50' })
  t.equal(report.verdict, 'clean', String(report))
  t.same(verdicts(report), [
    ['up', 'clean'],
    ['slow', 'clean'],
  ])
})
