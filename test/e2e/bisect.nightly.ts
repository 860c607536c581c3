import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { bisectVersions, http, type BisectOptions, type BisectReport } from 'isolate-leak'
import t from 'tap'
import { startRegistry, type FakePackage } from '../agents/packages/support/registry.js'
import { projectPath } from '../support/project-path.js'

const root = t.testdir({ cache: {}, npm: {}, out: {} })
process.env.ISOLATE_LEAK_CACHE = `${root}/cache`
process.env.npm_config_cache = `${root}/npm`

const fixture = (name: string): string => projectPath('test', 'fixtures', name)
const onRequest = JSON.stringify(fixture('seeded/on-request.cjs'))

const LEAKS = `const seen = []
require(${onRequest})((request, response, count) => {
  seen.push({ count, path: request.url, tags: { method: request.method, count }, children: [count, count] })
})`
const HARMLESS = `const latest = new Array(50)
require(${onRequest})((request, response, count) => {
  latest[count % 50] = { count, path: request.url, tags: { method: request.method, count }, children: [count, count] }
})`

/** Nine versions, of which 1.2.0 to 2.0.0 hold what they should not. 1.3.0 crashes, 2.1.0 does not install. */
const history = (name: string, leaks: boolean): FakePackage[] =>
  [
    ['1.0.0', false],
    ['1.1.0', false],
    ['1.1.1', false],
    ['1.2.0', true],
    ['1.3.0', true],
    ['1.3.1', true],
    ['2.0.0', true],
    ['2.1.0', true],
    ['2.1.1', false],
    ['2.2.0', false],
    ['3.0.0', false],
  ].map(([version, bad]) => ({
    name,
    version: String(version),
    code: version === '1.3.0' ? `throw new Error('made to fail')` : bad === true && leaks ? LEAKS : HARMLESS,
    ...(version === '2.1.0' ? { dependencies: { 'never-published': '^1.0.0' } } : {}),
    ...(version === '1.2.0' || version === '1.3.1' ? { dependencies: { 'left-behind': '1.0.0' } } : {}),
    ...(version === '3.0.0' ? { engines: { node: '>=90' } } : {}),
  }))

const options = (agent: string): BisectOptions => ({
  agent,
  entry: fixture('apps/plain-server.cjs'),
  workload: http({ path: '/' }),
  operations: 2_048,
  threshold: 64,
  retentionMs: 500,
  concurrency: 4,
  seed: 1,
})

const registry = await startRegistry(
  ...history('agent-that-leaked', true),
  ...history('agent-that-never-did', false),
  { name: 'left-behind', version: '1.0.0' },
)
process.env.npm_config_registry = registry.url
t.teardown(async () => registry.close())

const states = ({ versions }: BisectReport): Record<string, string> =>
  Object.fromEntries(versions.map(({ version, state }) => [version, state]))

let found: BisectReport | null = null

t.test('the first version that leaks and the first that no longer does', async t => {
  const report = await bisectVersions({ ...options('agent-that-leaked'), outDir: `${root}/out/whole` })
  found = report
  t.equal(report.verdict, 'found', String(report))
  t.equal(report.firstBad, '1.2.0')
  t.equal(report.firstFixed, '2.1.1')
  t.match(report.edges, [
    {
      kind: 'bad',
      before: '1.1.1',
      confirmed: true,
      packages: [{ name: 'left-behind', from: null, to: '1.0.0' }],
    },
    { kind: 'fixed', before: '2.0.0', confirmed: true, between: ['2.1.0'], packages: [] },
  ])
  t.match(states(report), { '1.3.0': 'inconclusive', '2.1.0': 'inconclusive', '3.0.0': 'skipped' })
  t.match(String(report), /left-behind\s+\(none\)\s+→\s+1\.0\.0/)
  t.match(String(report), /made to fail|crashed|exit/)
  t.strictSame(JSON.parse(JSON.stringify(report)), JSON.parse(JSON.stringify({ ...report })))
  t.comment(String(report))
})

t.test('the same package without the leak', async t => {
  const report = await bisectVersions(options('agent-that-never-did'))
  t.equal(report.verdict, 'clean', String(report))
  t.strictSame(report.edges, [])
  t.equal(report.firstBad, undefined)
  t.equal(states(report)['1.3.0'], 'inconclusive')
})

t.test('a search that was killed goes on where it was', async t => {
  const outDir = `${root}/out/killed`
  const journal = `${outDir}/bisect.jsonl`
  const trials = (): number[] =>
    (existsSync(journal) ? readFileSync(journal, 'utf8') : '')
      .split('\n')
      .slice(0, -1)
      .flatMap(line => {
        const { type, record } = JSON.parse(line) as { type: string; record?: { id: number } }
        return type === 'trial' && record !== undefined ? [record.id] : []
      })
  const plain = { ...options('agent-that-leaked'), workload: undefined, outDir }
  const script = `import { bisectVersions, http } from 'isolate-leak'
await bisectVersions({ ...${JSON.stringify(plain)}, workload: http({ path: '/' }) })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: projectPath(),
    stdio: 'inherit',
  })
  const ended = once(child, 'exit')
  while (trials().length < 6 && child.exitCode === null) await sleep(50)
  child.kill('SIGKILL')
  await ended
  const before = trials()
  t.ok(before.length >= 6 && before.length < (found?.trials.length ?? 0), `${before.length} trials before`)

  const started: number[] = []
  const again = { ...options('agent-that-leaked'), outDir, resume: true }
  const report = await bisectVersions({
    ...again,
    onEvent: event => {
      if (event.type === 'trial-start') started.push(event.trial.id)
    },
  })
  t.equal(report.firstBad, found?.firstBad, String(report))
  t.equal(report.firstFixed, found?.firstFixed)
  t.strictSame(states(report), found === null ? {} : states(found))
  t.strictSame(
    started.filter(id => before.includes(id)),
    [],
    'no finished trial is repeated',
  )

  const once_more: number[] = []
  const same = await bisectVersions({
    ...again,
    onEvent: event => {
      if (event.type === 'trial-start') once_more.push(event.trial.id)
    },
  })
  t.strictSame(once_more, [])
  t.strictSame(same.edges, report.edges)
  await t.rejects(bisectVersions({ ...again, operations: 4_096 }), {
    code: 'ERR_JOURNAL',
    message: /operations/,
  })
})
