import { writeFileSync } from 'node:fs'
import { checkUpgrade, http } from 'isolate-leak'
import t from 'tap'
import { startRegistry } from '../packages/support/registry.js'
import { ALL, madeUpApm, madeUpScale } from '../support/made-up-apm.js'
import { timingText } from '../support/made-up-config.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { runClean } from '../support/run-clean.js'

const root = t.testdir({ cache: {}, npm: {} })
process.env.ISOLATE_LEAK_CACHE = `${root}/cache`
process.env.npm_config_cache = `${root}/npm`

const entry = projectPath('test', 'fixtures', 'apps', 'plain-server.cjs')
const needing = (wrap: string): object => ({ dependencies: { 'made-up-wrap': wrap } })
const registry = await startRegistry(
  madeUpApm('1.0.0', 50, needing('1.0.0')),
  madeUpApm('1.1.0', 60, needing('1.0.0')),
  madeUpApm('1.2.0', ALL, needing('1.1.0')),
  { name: 'made-up-wrap', version: '1.0.0' },
  { name: 'made-up-wrap', version: '1.1.0' },
)
process.env.npm_config_registry = registry.url
t.teardown(async () => registry.close())

t.test('a version that begins to leak must not go out', async t => {
  const report = await checkUpgrade({
    ...{ agent: 'made-up-apm', from: '1.1.0', to: '1.2.0', entry, workload: http() },
    ...{ ...madeUpScale, seed: 1, evidence: 'none' },
    ...quickTiming,
  })
  t.match(report, { verdict: 'leaks', from: { version: '1.1.0' }, to: { version: '1.2.0' } }, String(report))
  t.ok(report.difference.growth.low > madeUpScale.threshold, 'by more than the threshold')
  t.same(report.difference.packages, [{ name: 'made-up-wrap', from: '1.0.0', to: '1.1.0' }])
  t.throws(() => {
    report.assertSafe()
  })
})

t.test('one that keeps a few requests more may, by the command', async t => {
  const config = `${root}/leak.config.mjs`
  writeFileSync(
    config,
    `import { http } from ${JSON.stringify(projectPath('dist', 'index.js'))}
export default {
  ...${JSON.stringify({ entry, agents: ['made-up-apm'], ...madeUpScale, seed: 1, evidence: 'none' })},
  workload: http(),
  ${timingText},
}`,
  )
  const cli = projectPath('dist', 'cli.js')
  const args = [cli, 'upgrade', 'made-up-apm', '--from', '1.0.0', '--to', '1.1.0', '--config', config]
  const { exitCode, stdout, stderr } = await runClean(process.execPath, args, {
    ...{ cwd: root, timeoutMs: 400_000 },
    env: { ISOLATE_LEAK_CACHE: `${root}/cache` },
  })
  t.equal(exitCode, 0, `${stdout}\n${stderr}`)
  t.match(stdout, /^SAFE: made-up-apm 1\.0\.0 → 1\.1\.0/)
})
