import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { bisectVersions, http, type BisectOptions } from 'isolate-leak'
import t from 'tap'
import { startRegistry, type FakePackage } from '../packages/support/registry.js'
import { ALL, keepsRequests, madeUpScale } from '../support/made-up-apm.js'
import { timingText } from '../support/made-up-config.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { spawnCaller } from '../support/spawn-caller.js'

const root = t.testdir({ cache: {}, npm: {}, out: {} })
process.env.ISOLATE_LEAK_CACHE = `${root}/cache`
process.env.npm_config_cache = `${root}/npm`

const versions = (name: string, ...requests: readonly number[]): FakePackage[] =>
  requests.map((kept, minor) => ({
    ...{ name, version: `1.${String(minor)}.0`, code: keepsRequests(kept) },
    ...(kept === ALL ? { dependencies: { 'left-behind': '1.0.0' } } : {}),
  }))
const registry = await startRegistry(
  ...versions('agent-that-leaked', 50, ALL, ALL, 60),
  ...versions('agent-that-never-did', 50, 60, 40, 50),
  { name: 'left-behind', version: '1.0.0' },
)
process.env.npm_config_registry = registry.url
t.teardown(async () => registry.close())

const options = (agent: string): BisectOptions => ({
  agent,
  entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
  workload: http(),
  ...{ ...madeUpScale, seed: 1 },
  ...quickTiming,
})

t.test('a search that is killed and goes on: the versions where the leak begins and ends', async t => {
  const outDir = `${root}/out`
  const journal = `${outDir}/bisect.jsonl`
  const trials = (): number[] =>
    (existsSync(journal) ? readFileSync(journal, 'utf8') : '')
      .split('\n')
      .slice(0, -1)
      .flatMap(line => {
        const { type, record } = JSON.parse(line) as { type: string; record?: { id: number } }
        return type === 'trial' && record !== undefined ? [record.id] : []
      })
  // What JSON has no place for is left out of it: the workload, which is a function here, and the timing.
  const plain = { ...options('agent-that-leaked'), workload: undefined, outDir }
  const caller = t.testdir({
    'call.mjs': `import { bisectVersions, http } from ${JSON.stringify(projectPath('dist', 'index.js'))}
Object.assign(process.env, ${JSON.stringify({
      ISOLATE_LEAK_CACHE: `${root}/cache`,
      npm_config_cache: `${root}/npm`,
      npm_config_registry: registry.url,
    })})
await bisectVersions({ ...${JSON.stringify(plain)}, workload: http(), ${timingText} })`,
  })
  const child = spawnCaller(`${caller}/call.mjs`)
  child.stdout.resume()
  const ended = once(child, 'exit')
  while (trials().length < 2 && child.exitCode === null) await Promise.race([sleep(10), ended])
  child.kill('SIGKILL')
  await ended
  const before = trials()
  t.ok(before.length >= 2, `${String(before.length)} trials before`)

  const started: number[] = []
  const again: BisectOptions = { ...options('agent-that-leaked'), outDir, resume: true }
  const onEvent: BisectOptions['onEvent'] = event => {
    if (event.type === 'trial-start') started.push(event.trial.id)
  }
  const report = await bisectVersions({ ...again, onEvent })
  t.equal(report.verdict, 'found', String(report))
  t.equal(report.firstBad, '1.1.0')
  t.equal(report.firstFixed, '1.3.0')
  t.match(report.edges, [
    {
      ...{ kind: 'bad', before: '1.0.0', confirmed: true },
      packages: [{ name: 'left-behind', from: null, to: '1.0.0' }],
    },
    { kind: 'fixed', before: '1.2.0', confirmed: true },
  ])
  t.ok(started.length > 0, 'it was not at its end')
  t.strictSame(
    started.filter(id => before.includes(id)),
    [],
    'no finished trial is repeated',
  )

  started.length = 0
  const same = await bisectVersions({ ...again, onEvent })
  t.strictSame(started, [], 'a finished search launches nothing')
  t.strictSame(same.edges, report.edges)
  await t.rejects(bisectVersions({ ...again, operations: 4_096 }), {
    code: 'ERR_JOURNAL',
    message: /operations/,
  })
})

t.test('the same versions without the leak', async t => {
  const report = await bisectVersions(options('agent-that-never-did'))
  t.equal(report.verdict, 'clean', String(report))
  t.strictSame(report.edges, [])
  t.equal(report.firstBad, undefined)
})
