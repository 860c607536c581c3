import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packInto } from '../support/packed.js'
import { projectPath } from '../support/project-path.js'
import { runClean, type CleanRun } from '../support/run-clean.js'

/** How somebody installs what a project depends on. */
interface Way {
  readonly name: string
  /** Path of the project below its folder. */
  readonly project: string
  readonly files?: Readonly<Record<string, string>>
  /** From the folder of the project. */
  readonly install: readonly string[]
  readonly node: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Default: what imports it and what requires it. */
  readonly scripts?: readonly string[]
}

const folder = await mkdtemp(join(tmpdir(), 'isolate-leak installed '))
t.teardown(async () => rm(folder, { recursive: true, force: true }))

const run = async (cwd: string, command: readonly string[], env = {}): Promise<CleanRun> => {
  const [file = '', ...args] = command
  return runClean(file, args, { cwd, env, timeoutMs: 300_000 })
}
const succeeds = async (
  t: Test,
  cwd: string,
  command: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<string> => {
  const { exitCode, stdout, stderr } = await run(cwd, command, env)
  if (exitCode !== 0) t.comment(`${stdout}\n${stderr}`)
  t.equal(exitCode, 0, command.slice(-2).join(' '))
  return stdout
}

const { tarball } = await packInto(folder)
const tools = join(folder, 'tools')
await mkdir(tools)
await writeFile(join(tools, 'package.json'), '{ "private": true }\n')
const managers = ['pnpm@9.15.9', 'yarn@1.22.22', '@yarnpkg/cli-dist@4.10.3']
const { exitCode, stderr } = await run(tools, ['npm', 'install', '--no-audit', '--no-fund', ...managers])
if (exitCode !== 0) throw new Error(`the package managers could not be installed: ${stderr}`)
const tool = (path: string): string => join(tools, 'node_modules', path)
const registry = (await run(tools, ['npm', 'config', 'get', 'registry'])).stdout.trim()
const berry = {
  ...{ YARN_NPM_REGISTRY_SERVER: registry, YARN_UNSAFE_HTTP_WHITELIST: '*' },
  ...{ YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_GLOBAL_CACHE: '0', YARN_ENABLE_IMMUTABLE_INSTALLS: '0' },
}
const yarn = ['node', tool('@yarnpkg/cli-dist/bin/yarn.js')]

const manifest = JSON.stringify({
  name: 'shop',
  private: true,
  dependencies: { 'isolate-leak': `file:${tarball}`, keeper: `file:${join(folder, 'keeper')}`, ms: '2.1.3' },
})
const workspace = {
  '../../package.json': JSON.stringify({ private: true, workspaces: ['packages/*'] }),
}
const ways: readonly Way[] = [
  { name: 'npm', project: 'npm', install: ['npm', 'install', '--no-audit', '--no-fund'], node: ['node'] },
  {
    ...{ name: 'npm, in a workspace', project: 'monorepo/packages/shop', files: workspace },
    ...{ install: ['npm', 'install', '--no-audit', '--no-fund'], node: ['node'] },
  },
  { name: 'pnpm', project: 'pnpm', install: ['node', tool('pnpm/bin/pnpm.cjs'), 'install'], node: ['node'] },
  {
    ...{ name: 'yarn 1', project: 'yarn1' },
    ...{ install: ['node', tool('yarn/bin/yarn.js'), 'install', '--non-interactive'], node: ['node'] },
  },
  {
    ...{ name: "yarn 4, Plug'n'Play", project: 'pnp', files: { 'yarn.lock': '' } },
    ...{ install: [...yarn, 'install'], node: [...yarn, 'node'], env: berry },
    // Node does not ask Yarn's loader for what an ES module imports that was required.
    scripts: ['judge.mjs'],
  },
]

await cp(projectPath('test', 'fixtures', 'installed', 'keeper'), join(folder, 'keeper'), { recursive: true })

const both = ['judge.mjs', 'judge.cjs']

for (const { name, project, files = {}, install, node, env, scripts = both } of ways) {
  t.test(`installed by ${name}, it names the agent that leaks`, async t => {
    const cwd = join(folder, 'a folder', project)
    await mkdir(cwd, { recursive: true })
    await cp(projectPath('test', 'fixtures', 'installed', 'shop'), cwd, { recursive: true })
    for (const [path, text] of Object.entries({ 'package.json': manifest, ...files }))
      await writeFile(join(cwd, path), text)
    await succeeds(t, cwd, install, env)
    for (const script of scripts) {
      const told = await succeeds(t, cwd, [...node, script], env)
      t.match(told, '{"verdict":"leak","culprits":["keeper"],"application":"clean"}', script)
    }
  })
}

t.test("an application of Plug'n'Play that is looked at from outside: a sentence", async t => {
  const cwd = join(folder, 'a folder', 'pnp')
  const script = `
    import { http, isolateLeak } from ${JSON.stringify(projectPath('dist', 'index.js'))}
    await isolateLeak({ entry: 'server.cjs', agents: ['keeper'], workload: http() }).catch(error => console.log(error.code, error.message))
  `
  const { stdout } = await run(cwd, ['node', '--input-type=module', '--eval', script])
  t.match(stdout, /ERR_AGENT_PACKAGE_MISSING .*Yarn's Plug'n'Play.*'yarn node'/)
})
