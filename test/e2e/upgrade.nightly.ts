import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { checkUpgrade, http, type UpgradeOptions, type UpgradeReport } from 'isolate-leak'
import t from 'tap'
import { startRegistry, type FakePackage } from '../agents/packages/support/registry.js'
import { projectPath } from '../support/project-path.js'

const root = t.testdir({ cache: {}, npm: {} })
process.env['ISOLATE_LEAK_CACHE'] = `${root}/cache`
process.env['npm_config_cache'] = `${root}/npm`

const path = projectPath
const entry = path('test/fixtures/apps/plain-server.cjs')
const onRequest = JSON.stringify(path('test/fixtures/seeded/on-request.cjs'))

/** Keeps the last so many requests, some 400 bytes each. */
const keeps = (requests: number): string => `const kept = []
require(${onRequest})((request, response, count) => {
  const timings = Array.from({ length: 32 }, (_, index) => index + count)
  kept.push({ count, path: request.url, tags: { method: request.method, count }, timings })
  if (kept.length > ${String(requests)}) kept.shift()
})`

const version = (name: string, requests: number, wrap: string): FakePackage => ({
  ...{ name: 'made-up-apm', version: name, code: keeps(requests) },
  dependencies: { 'made-up-wrap': wrap },
})
const registry = await startRegistry(
  version('1.0.0', 50, '1.0.0'),
  version('1.1.0', 60, '1.0.0'),
  version('1.2.0', 1e9, '1.1.0'),
  { name: 'made-up-wrap', version: '1.0.0' },
  { name: 'made-up-wrap', version: '1.1.0' },
)
process.env['npm_config_registry'] = registry.url
t.teardown(async () => registry.close())

const upgrade = async (from: string, to: string): Promise<UpgradeReport> => {
  const options: UpgradeOptions = {
    ...{ agent: 'made-up-apm', from, to, entry, workload: http({ path: '/' }) },
    ...{ operations: 2_048, threshold: 64, retentionMs: 500, seed: 1, evidence: 'none' },
  }
  return checkUpgrade(options)
}

t.test('a version that begins to leak must not go out', async t => {
  const report = await upgrade('1.1.0', '1.2.0')
  t.match(report, { verdict: 'leaks', from: { version: '1.1.0' }, to: { version: '1.2.0' } })
  t.ok((report.difference.growth.low ?? 0) > 64, 'by more than the threshold')
  t.same(report.difference.packages, [{ name: 'made-up-wrap', from: '1.0.0', to: '1.1.0' }])
  t.throws(() => {
    report.assertSafe()
  })
  if (!t.passing()) t.comment(String(report))
})

t.test('one that keeps a few requests more may', async t => {
  const report = await upgrade('1.0.0', '1.1.0')
  t.match(report, { verdict: 'safe' })
  t.doesNotThrow(() => {
    report.assertSafe()
  })
  if (!t.passing()) t.comment(String(report))
})

t.test('the step of a pipeline: status and account', async t => {
  const config = `${root}/leak.config.mjs`
  writeFileSync(
    config,
    `import { http } from ${JSON.stringify(path('dist/index.js'))}
export default {
  entry: ${JSON.stringify(entry)},
  agents: ['made-up-apm'],
  workload: http({ path: '/' }),
  operations: 2_048, threshold: 64, retentionMs: 500, evidence: 'none',
}`,
  )
  const args = ['upgrade', 'made-up-apm', '--from', '1.2.0', '--to', '1.1.0', '--config', config]
  const child = spawn(process.execPath, [path('dist/cli/bin.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()))
  const status = await new Promise(resolve => child.once('exit', resolve))
  t.equal(status, 0, printed)
  t.match(printed, /^FIXES: made-up-apm 1\.2\.0 → 1\.1\.0/)
})
