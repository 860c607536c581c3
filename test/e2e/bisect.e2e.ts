import { bisectVersions, http } from 'isolate-leak'
import t from 'tap'
import { startRegistry } from '../agents/packages/support/registry.js'
import { ALL, madeUpApm, madeUpScale } from '../support/made-up-apm.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'

const root = t.testdir({ cache: {}, npm: {} })
process.env.ISOLATE_LEAK_CACHE = `${root}/cache`
process.env.npm_config_cache = `${root}/npm`

const registry = await startRegistry(
  madeUpApm('1.0.0', 50),
  madeUpApm('1.1.0', ALL, { dependencies: { 'left-behind': '1.0.0' } }),
  madeUpApm('1.2.0', 60),
  { name: 'left-behind', version: '1.0.0' },
)
process.env.npm_config_registry = registry.url
t.teardown(async () => registry.close())

t.test('the version that leaks, between two that do not', async t => {
  const report = await bisectVersions({
    agent: 'made-up-apm',
    entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
    workload: http(),
    ...{ ...madeUpScale, seed: 1 },
    ...quickTiming,
  })
  t.equal(report.verdict, 'found', String(report))
  t.equal(report.firstBad, '1.1.0')
  t.equal(report.firstFixed, '1.2.0')
  t.match(report.edges, [
    {
      ...{ kind: 'bad', before: '1.0.0', confirmed: true },
      packages: [{ name: 'left-behind', from: null, to: '1.0.0' }],
    },
    { kind: 'fixed', before: '1.1.0', confirmed: true },
  ])
})
