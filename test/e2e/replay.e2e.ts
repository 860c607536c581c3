import { http, isolateLeak, replay } from 'isolate-leak'
import t from 'tap'
import { startRegistry } from '../agents/packages/support/registry.js'
import { ALL, madeUpApm, madeUpScale } from '../support/made-up-apm.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { runClean } from '../support/run-clean.js'

const root = t.testdir({ cache: {}, npm: {} })
process.env.ISOLATE_LEAK_CACHE = `${root}/cache`
process.env.npm_config_cache = `${root}/npm`

const registry = await startRegistry(madeUpApm('1.1.0', ALL), madeUpApm('1.2.0', 50))
process.env.npm_config_registry = registry.url
t.teardown(async () => registry.close())

t.test('an incident in a version of a range', async t => {
  const report = await isolateLeak({
    entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
    agents: [{ name: 'apm', package: 'made-up-apm@~1.1.0', env: { MADE_UP_MODE: 'on' } }],
    workload: http({ path: '/', headers: { accept: 'text/plain' } }),
    ...{ ...madeUpScale, seed: 1, evidence: 'none', outDir: `${root}/leak` },
    ...quickTiming,
  })
  t.equal(report.verdict, 'leak', String(report))
})

t.test('values of variables have to be there', async t => {
  await t.rejects(replay(`${root}/leak/report.json`), {
    code: 'ERR_REPLAY',
    message: /taken from the environment: MADE_UP_MODE \(agent apm\)/,
  })
  const args = [projectPath('dist', 'cli', 'bin.js'), 'replay', `${root}/leak/report.json`]
  const { exitCode, stderr } = await runClean(process.execPath, args, { cwd: root, timeoutMs: 60_000 })
  t.equal(exitCode, 3, 'so says the command')
  t.match(stderr, /MADE_UP_MODE/)
})

t.test('with the fixed version it no longer happens', async t => {
  process.env.MADE_UP_MODE = 'on'
  const fixed = await replay(`${root}/leak/report.json`, {
    versions: ['made-up-apm@1.2.0'],
    ...quickTiming,
  })
  t.match(
    fixed,
    {
      ...{ verdict: 'no-longer-happens', variables: ['MADE_UP_MODE'] },
      culprits: [{ kind: 'agent', agents: ['apm'], agentsNow: ['apm'], verdict: 'no-longer-happens' }],
      newCulprits: [],
      differences: [{ what: 'version of made-up-apm', was: '1.1.0', now: '1.2.0' }],
    },
    String(fixed),
  )
  t.equal(fixed.report.options.seed, 1, 'as it was')
})
