import { spawn } from 'node:child_process'
import { http, isolateLeak, replay, type ReplayReport, type Verdict } from 'isolate-leak'
import t, { type Test } from 'tap'
import { startRegistry, type FakePackage } from '../agents/packages/support/registry.js'
import { projectPath } from '../support/project-path.js'

const root = t.testdir({ cache: {}, npm: {} })
process.env['ISOLATE_LEAK_CACHE'] = `${root}/cache`
process.env['npm_config_cache'] = `${root}/npm`

const path = projectPath
const onRequest = JSON.stringify(path('test/fixtures/seeded/on-request.cjs'))

/** Keeps the last so many requests, some 400 bytes each. */
const keeps = (requests: number): string => `const kept = []
require(${onRequest})((request, response, count) => {
  if (process.env.MADE_UP_MODE !== 'on') throw new Error('MADE_UP_MODE is not set')
  const timings = Array.from({ length: 32 }, (_, index) => index + count)
  kept.push({ count, path: request.url, tags: { method: request.method, count }, timings })
  if (kept.length > ${String(requests)}) kept.shift()
})`
const version = (name: string, requests: number): FakePackage => ({
  ...{ name: 'made-up-apm', version: name, code: keeps(requests) },
})
const registry = await startRegistry(version('1.0.0', 50), version('1.1.0', 1e9), version('1.2.0', 60))
process.env['npm_config_registry'] = registry.url
t.teardown(async () => registry.close())

/** A run whose agent was given by a range; the report is left in a folder. */
const incident = async (wanted: string, outDir: string): Promise<Verdict> => {
  const report = await isolateLeak({
    entry: path('test/fixtures/apps/plain-server.cjs'),
    agents: [{ name: 'apm', package: `made-up-apm@${wanted}`, env: { MADE_UP_MODE: 'on' } }],
    workload: http({ path: '/', headers: { accept: 'text/plain' } }),
    ...{ operations: 2_560, threshold: 100, retentionMs: 500, seed: 1, evidence: 'none', outDir },
  })
  return report.verdict
}
t.test('an incident, and a harmless twin', async t => {
  t.equal(await incident('~1.1.0', `${root}/leak`), 'leak')
  t.equal(await incident('~1.0.0', `${root}/twin`), 'clean')
})

t.test('values of variables have to be there', async t => {
  await t.rejects(replay(`${root}/leak/report.json`), {
    code: 'ERR_REPLAY',
    message: /taken from the environment: MADE_UP_MODE \(agent apm\)/,
  })
})

t.test('the version of the incident still leaks, by the command', async t => {
  const args = ['replay', `${root}/leak/report.json`]
  const child = spawn(process.execPath, [path('dist/cli/bin.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, MADE_UP_MODE: 'on' },
  })
  let printed = ''
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()))
  const status = await new Promise(resolve => child.once('exit', resolve))
  t.equal(status, 1, printed)
  t.match(printed, /^STILL HAPPENS: apm 1\.1\.0 added/)
  t.match(printed.replaceAll(/\s+/g, ' '), /values of MADE_UP_MODE were taken from the environment/)
  t.notMatch(printed, /- version of made-up-apm/, 'in the version of then, not in another of the range')
})

const check = (t: Test, report: ReplayReport): void => {
  if (!t.passing()) t.comment(String(report))
}

t.test('the fixed version no longer does', async t => {
  process.env['MADE_UP_MODE'] = 'on'
  const report = await replay(`${root}/leak/report.json`, { versions: ['made-up-apm@1.2.0'] })
  t.match(report, {
    verdict: 'no-longer-happens',
    culprits: [{ kind: 'agent', agents: ['apm'], agentsNow: ['apm'], verdict: 'no-longer-happens' }],
    differences: [{ what: 'version of made-up-apm', was: '1.1.0', now: '1.2.0' }],
    variables: ['MADE_UP_MODE'],
  })
  const [culprit] = report.culprits
  t.ok((culprit?.was.low ?? 0) > 100 && (culprit?.now?.high ?? Infinity) < 100, 'growth then and now')
  t.equal(report.report.options.seed, 1, 'as it was')
  check(t, report)
})

t.test('its harmless twin stays clean', async t => {
  process.env['MADE_UP_MODE'] = 'on'
  const report = await replay(`${root}/twin/report.json`)
  t.match(report, { verdict: 'still-clean', culprits: [], newCulprits: [], differences: [] })
  check(t, report)
})
