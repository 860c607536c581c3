import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { http, isolateInstrumentation, type InstrumentationReport } from 'isolate-leak'
import t from 'tap'
import { projectPath } from '../support/project-path.js'

// The service that the application calls without listening to the answer.
const audit = createServer((request, response) => {
  request.resume()
  request.on('end', () => response.end('a'.repeat(512)))
})
audit.keepAliveTimeout = 0
await new Promise<void>(resolve => audit.listen(0, '127.0.0.1', resolve))
t.teardown(() => {
  audit.close()
  audit.closeAllConnections()
})
const { port } = audit.address() as AddressInfo

// Versions of one minor line: the range of the first takes instrumentation-http 0.45.1, that of the second 0.46.0.
process.env['ISOLATE_LEAK_CACHE'] = projectPath('.cache', 'agents', 'isolate-leak')

const ask = async (version: string): Promise<InstrumentationReport> =>
  isolateInstrumentation({
    agent: `@opentelemetry/auto-instrumentations-node@${version}`,
    entry: {
      file: projectPath('test', 'fixtures', 'apps', 'outbound-unresumed.cjs'),
      env: { AUDIT_URL: `http://127.0.0.1:${String(port)}/audit` },
    },
    workload: http(),
    operations: 2_560,
    threshold: 512,
    retentionMs: 2_000,
    seed: 1,
    evidence: 'none',
  })

t.test('the http instrumentation of OpenTelemetry 0.45.1 is found among those loaded', async t => {
  const report = await ask('0.40.1')
  t.same(report.instrumentations, ['http'])
  t.match(report, { verdict: 'leak', setting: {}, code: /instrumentation-http': \{ enabled: false \}/ })
  t.ok(report.tried.includes('http') && report.tried.length > 1, 'among others')
  t.ok(report.notLoaded.includes('pg'), 'nothing of it was loaded')
  if (!t.passing()) t.comment(String(report))
})

t.test('none is, in the version that fixed it', async t => {
  const report = await ask('0.40.3')
  t.match(report, { verdict: 'clean', instrumentations: [], setting: {}, code: null })
  if (!t.passing()) t.comment(String(report))
})
