import { http, isolateLeak } from 'isolate-leak'
import t from 'tap'
import { installed } from '../support/install-agents.js'
import { projectPath } from '../support/project-path.js'

const winston = async (): Promise<{ name: string; require: string; env: Record<string, string> }> => ({
  name: 'winston http',
  require: projectPath('test', 'fixtures', 'agents', 'winston-http.cjs'),
  env: { WINSTON_FOLDER: await installed(['winston@3.19.0']), WINSTON_PORT: '{collector.port}' },
})

t.test('winston 3.19.0 leaks while its collector does not answer, and only then', async t => {
  const report = await isolateLeak({
    entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
    agents: [await winston()],
    workload: http(),
    operations: 2_560,
    threshold: 256,
    backends: ['up', 'slow'],
    retentionMs: 3_000,
    seed: 1,
    evidence: 'none',
  })
  t.equal(report.verdict, 'leak')
  t.match(report.culprits, [{ kind: 'agent', agents: ['winston http'], backend: 'slow', backends: ['slow'] }])
  const component = report.components.find(({ name }) => name === 'winston http')
  const verdicts = component?.backends?.map(({ backend, verdict }) => [backend, verdict])
  t.same(verdicts, [
    ['up', 'clean'],
    ['slow', 'leak'],
  ])
  t.match(String(report).replaceAll(/\s+/g, ' '), /Only while [^.]* \(slow\); clean while it answers \(up\)/)
  const sent = report.trials.flatMap(({ backend, collectors = [] }) =>
    collectors.map(({ atEnd }) => [backend, atEnd.requests] as const),
  )
  t.ok(
    sent.some(([backend, requests]) => backend === 'up' && requests > 1_000),
    'the log was sent',
  )
  if (!t.passing()) t.comment(String(report))
})
