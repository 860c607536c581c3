import { writeFileSync } from 'node:fs'
import t from 'tap'
import { startRegistry } from '../agents/packages/support/registry.js'
import { ALL, madeUpApm, madeUpScale } from '../support/made-up-apm.js'
import { timingText } from '../support/made-up-config.js'
import { projectPath } from '../support/project-path.js'
import { runClean } from '../support/run-clean.js'

const root = t.testdir({ cache: {}, npm: {} })
process.env.ISOLATE_LEAK_CACHE = `${root}/cache`
process.env.npm_config_cache = `${root}/npm`

const entry = projectPath('test', 'fixtures', 'apps', 'plain-server.cjs')
const needing = (wrap: string): object => ({ dependencies: { 'made-up-wrap': wrap } })
const registry = await startRegistry(
  madeUpApm('1.1.0', 60, needing('1.0.0')),
  madeUpApm('1.2.0', ALL, needing('1.1.0')),
  { name: 'made-up-wrap', version: '1.0.0' },
  { name: 'made-up-wrap', version: '1.1.0' },
)
process.env.npm_config_registry = registry.url
t.teardown(async () => registry.close())

t.test('a version that begins to leak must not go out, beside the one before, its harmless twin', async t => {
  const config = `${root}/leak.config.mjs`
  writeFileSync(
    config,
    `import { http } from ${JSON.stringify(projectPath('dist', 'index.js'))}
export default {
  ...${JSON.stringify({ entry, agents: ['made-up-apm'], ...madeUpScale, seed: 1, evidence: 'none', concurrency: 2 })},
  workload: http(),
  ${timingText},
}`,
  )
  const cli = projectPath('dist', 'cli', 'bin.js')
  const args = [cli, 'upgrade', 'made-up-apm', '--from', '1.1.0', '--to', '1.2.0', '--config', config]
  const { exitCode, stdout, stderr } = await runClean(process.execPath, args, {
    ...{ cwd: root, timeoutMs: 400_000 },
    env: { ISOLATE_LEAK_CACHE: `${root}/cache` },
  })
  t.equal(exitCode, 1, `${stdout}\n${stderr}`)
  t.match(stdout, /^LEAKS: made-up-apm 1\.1\.0 → 1\.2\.0/)
  t.match(stdout, /made-up-wrap 1\.0\.0 → 1\.1\.0/)
})
