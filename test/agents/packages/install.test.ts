import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, readlink, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { newestCachedSet } from '../../../lib/agents/packages/cached-sets.js'
import { installOnce } from '../../../lib/agents/packages/install-once.js'
import {
  installPackage,
  type InstallProgress,
  cacheFolder,
} from '../../../lib/agents/packages/install-package.js'
import { npmEnvironment, findNpm, npmFailure, cacheError } from '../../../lib/agents/packages/npm-client.js'
import { parseSpec, type PackageSpec, type RegistrySpec } from '../../../lib/agents/packages/parse-spec.js'
import {
  publishedVersions,
  chooseVersion,
  askRegistry,
  registryError,
  type PublishedPackage,
} from '../../../lib/agents/packages/published-versions.js'
import { treeChanges } from '../../../lib/agents/packages/installed-tree.js'
import { startRegistry, tarballOf, type FakePackage, type Registry } from './support/registry.js'

const agent: FakePackage[] = [
  { name: 'some-agent', version: '1.0.0', dependencies: { helper: '1.0.0' }, engines: { node: '>=18' } },
  { name: 'some-agent', version: '1.1.0', dependencies: { helper: '^1.0.0' }, deprecated: 'do not' },
  { name: 'some-agent', version: '1.2.0-beta.1' },
  { name: 'some-agent', version: '2.0.0' },
  { name: 'helper', version: '1.0.0' },
  { name: 'helper', version: '1.3.0' },
  { name: '@vendor/oneagent', version: '1.221.131-1.0.0' },
  { name: '@vendor/oneagent', version: '1.221.132-1.0.0' },
  { name: 'needs-missing', version: '1.0.0', dependencies: { missing: '1.0.0' } },
  { name: 'needs-version', version: '1.0.0', dependencies: { helper: '9.9.9' } },
]

const scripted = (folder: string): FakePackage => ({
  name: 'scripted',
  version: '1.0.0',
  scripts: { install: `node -e "fs.writeFileSync('${folder}/ran', '')"` },
})

/** A port on which nobody listens. */
const closedPort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

const use = (url: string): void => {
  process.env['npm_config_registry'] = url
}

const set = async (t: Test): Promise<{ registry: Registry; folder: string; cacheDir: string }> => {
  const folder = t.testdir({ npmrc: '' })
  const before = { ...process.env }
  const registry = await startRegistry(...agent, scripted(folder))
  use(registry.url)
  process.env['npm_config_cache'] = join(folder, 'npm')
  process.env['npm_config_userconfig'] = join(folder, 'npmrc')
  process.env['npm_config_fetch_retries'] = '0'
  t.teardown(async () => {
    for (const name of ['registry', 'cache', 'userconfig', 'fetch_retries'].map(
      name => `npm_config_${name}`,
    )) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = before[name]
    }
    await registry.close()
  })
  return { registry, folder, cacheDir: join(folder, 'cache') }
}

/** Working directories below a folder, of all processes (Linux). */
const workingIn = async (folder: string): Promise<string[]> => {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const folders = await Promise.all(pids.map(async pid => readlink(`/proc/${pid}/cwd`).catch(() => '')))
  return folders.filter(name => name.startsWith(folder))
}

const cached = async (cacheDir: string): Promise<string[]> =>
  readdir(join(cacheDir, 'packages')).catch(() => [])

t.test('an exact version, its tree, and once more without any network', async t => {
  const { registry, cacheDir } = await set(t)
  const steps: InstallProgress[] = []
  const onProgress = (progress: InstallProgress): void => void steps.push(progress)
  const first = await installPackage('some-agent@1.0.0', { cacheDir, onProgress })
  t.match(first, { name: 'some-agent', version: '1.0.0', requested: 'some-agent@1.0.0', note: null })
  t.match(first.integrity, /^sha512-/)
  t.same(
    first.tree.map(({ name, version }) => `${name}@${version}`),
    ['helper@1.0.0', 'some-agent@1.0.0'],
  )
  t.equal(first.root, join(first.prefix, 'node_modules', 'some-agent'))
  t.ok(existsSync(join(first.prefix, 'package-lock.json')))
  t.equal(await readFile(join(first.root, 'index.js'), 'utf8'), "module.exports = '1.0.0'")

  const before = registry.requests.length
  use(`http://127.0.0.1:${await closedPort()}/`)
  t.same(await installPackage('some-agent@v1.0.0', { cacheDir, onProgress }), {
    ...first,
    requested: 'some-agent@v1.0.0',
  })
  t.equal(registry.requests.length, before)
  t.same(
    steps.map(({ step }) => step),
    ['install', 'cached'],
  )

  await rm(first.root, { recursive: true })
  use(registry.url)
  await installPackage('some-agent@1.0.0', { cacheDir })
  t.ok(existsSync(first.root), 'a cached folder of which a part was removed is installed again')
})

const specOf = (text: string): PackageSpec => parseSpec(text, '/')

t.test('ranges, tags and names', async t => {
  await set(t)
  const published = new Map<string, PublishedPackage>()
  for (const name of ['some-agent', '@vendor/oneagent'])
    published.set(name, await askRegistry(name, { cwd: tmpdir() }))
  const chosen = (text: string): string => {
    const spec = specOf(text) as RegistrySpec
    return chooseVersion(spec, published.get(spec.name)!)
  }
  t.equal(chosen('some-agent@^1.0.0'), '1.1.0')
  t.equal(chosen('some-agent@next'), '1.2.0-beta.1')
  t.equal(chosen('some-agent'), '2.0.0')
  t.equal(chosen('some-agent@latest'), '2.0.0')
  t.equal(chosen('@vendor/oneagent@1.x'), '1.221.132-1.0.0', "a vendor's revision is a release")
  t.throws(() => chosen('some-agent@^7'), {
    code: 'ERR_PACKAGE_VERSION',
    message: /nearest are 1\.1\.0, 2\.0\.0/,
  })
  t.throws(() => chosen('some-agent@canary'), {
    code: 'ERR_PACKAGE_VERSION',
    message: /it has latest, next/,
  })
})

t.test('the newest cached one when the registry does not answer', async t => {
  const { registry, cacheDir } = await set(t)
  for (const [spec, version] of [
    ['some-agent@^1.0.0', '1.1.0'],
    ['some-agent@next', '1.2.0-beta.1'],
    ['some-agent', '2.0.0'],
    ['@vendor/oneagent@1.221.132-1.0.0', '1.221.132-1.0.0'],
    ['some-agent@1.0.0', '1.0.0'],
  ] as const)
    t.equal((await installPackage(spec, { cacheDir })).version, version)

  use(`http://127.0.0.1:${await closedPort()}/`)
  const range = await installPackage('some-agent@1', { cacheDir })
  t.equal(range.version, '1.1.0')
  t.match(range.note, /registry did not answer: some-agent 1\.1\.0 is the newest/)
  const cachedVersion = async (...texts: readonly string[]): Promise<string | undefined> => {
    const made = `${process.platform}-${process.arch}`
    const found = await newestCachedSet(join(cacheDir, 'packages'), texts.map(specOf), made)
    return found?.packages[0]?.version
  }
  t.equal(await cachedVersion('some-agent@next'), '1.2.0-beta.1')
  t.equal(await cachedVersion('some-agent'), '2.0.0')
  t.equal(await cachedVersion('@vendor/oneagent@>=1'), '1.221.132-1.0.0')
  t.equal(await cachedVersion('some-agent@1', 'helper'), undefined, 'not with that companion')
  await t.rejects(installPackage('some-agent@3', { cacheDir }), { code: 'ERR_REGISTRY' })
  await t.rejects(installPackage('some-agent@1.0.1', { cacheDir }), { code: 'ERR_REGISTRY' })

  use(registry.url)
  registry.publish({ name: 'some-agent', version: '1.9.0' })
  t.equal(
    (await installPackage('some-agent@1', { cacheDir })).version,
    '1.9.0',
    'what was published meanwhile is seen',
  )
})

t.test('what the registry does not have', async t => {
  const { cacheDir } = await set(t)
  const failure = async (spec: string): Promise<unknown> =>
    installPackage(spec, { cacheDir }).catch((e: unknown) => e)
  t.match(await failure('some-agent@1.0.7'), {
    code: 'ERR_PACKAGE_VERSION',
    message: 'some-agent@1.0.7 is not published; nearest are 1.0.0, 1.1.0, 2.0.0',
  })
  t.match(await failure('no-such-agent'), { code: 'ERR_PACKAGE_UNKNOWN' })
  t.match(await failure('no-such-agent@1.0.0'), { code: 'ERR_PACKAGE_UNKNOWN' })
  t.match(await failure('needs-missing@1.0.0'), { code: 'ERR_INSTALL', message: /missing/ })
  t.match(await failure('needs-version@1.0.0'), { code: 'ERR_INSTALL', message: /helper@9\.9\.9/ })
  t.match(await failure('./no-such-folder'), { code: 'ERR_PACKAGE_UNKNOWN' })
  for (const spec of ['user/repository', 'git+ssh://host/x.git', '', 'x@npm:y@1', '--global', 'x@ --global'])
    t.match(await failure(spec), { code: 'ERR_OPTION_INVALID' }, spec)
  t.same(await cached(cacheDir), [], 'nothing is left')

  use(`http://user:hunter2secret@127.0.0.1:${await closedPort()}/`)
  const unreachable = (await failure('some-agent@1.0.0')) as Error
  t.match(unreachable, { code: 'ERR_REGISTRY' })
  t.notMatch(unreachable.message, /hunter2secret/)
})

t.test('many at once, of this process and in the same folder', async t => {
  const { registry, cacheDir } = await set(t)
  const trees = await Promise.all([1, 2, 3].map(async () => installPackage('some-agent@1.0.0', { cacheDir })))
  t.same(trees[1], trees[0])
  t.equal(registry.requests.filter(request => request === 'GET /some-agent/-/1.0.0.tgz').length, 1)
  t.equal((await cached(cacheDir)).length, 1)

  // Another process that is faster: the folder appears while npm runs.
  const folder = join(cacheDir, 'packages', 'other')
  await installOnce({
    folder,
    specs: ['helper@1.0.0'],
    scripts: false,
    prepare: async () => cp(trees[0]!.prefix, folder, { recursive: true }),
  })
  t.ok(existsSync(join(folder, 'node_modules', 'some-agent')), 'the later one gives way')
  t.equal((await cached(cacheDir)).length, 2)
})

t.test('aborted: npm ends, nothing is left, and others go on', async t => {
  const { registry, cacheDir } = await set(t)
  registry.silent = true
  const [first, second] = [new AbortController(), new AbortController()]
  const reason = new Error('enough')
  const one = installPackage('some-agent@1.0.0', { cacheDir, signal: first.signal })
  const waiting = installPackage('some-agent@1.0.0', { cacheDir, signal: second.signal })
  const third = installPackage('some-agent@1.0.0', { cacheDir })
  while (!registry.requests.some(request => request.endsWith('.tgz')))
    await new Promise(resolve => setTimeout(resolve, 20))
  second.abort()
  await t.rejects(waiting, { code: 'ERR_ABORTED' })
  registry.silent = false
  first.abort(reason)
  await t.rejects(one, { code: 'ERR_ABORTED' })
  t.equal((await third).version, '1.0.0', 'who waited for it installs it')

  registry.silent = true
  const alone = new AbortController()
  const requested = registry.requests.length
  const last = installPackage('helper@1.3.0', { cacheDir, signal: alone.signal })
  while (!registry.requests.slice(requested).some(request => request.endsWith('.tgz')))
    await new Promise(resolve => setTimeout(resolve, 20))
  if (process.platform === 'linux') t.not((await workingIn(cacheDir)).length, 0, 'npm runs')
  alone.abort()
  await t.rejects(last, { code: 'ERR_ABORTED' })
  if (process.platform === 'linux') t.same(await workingIn(cacheDir), [], 'npm has ended')
  t.equal((await cached(cacheDir)).length, 1)
  await t.rejects(installPackage('helper', { cacheDir, signal: AbortSignal.abort() }), {
    code: 'ERR_ABORTED',
  })
})

t.test('install scripts run only when asked', async t => {
  const { folder, cacheDir } = await set(t)
  const quiet = await installPackage('scripted@1.0.0', { cacheDir })
  t.notOk(existsSync(join(folder, 'ran')))
  const loud = await installPackage('scripted@1.0.0', { cacheDir, scripts: true })
  t.ok(existsSync(join(folder, 'ran')))
  t.not(loud.prefix, quiet.prefix)
})

t.test('folders and tarballs are known by their content', async t => {
  const { folder, cacheDir } = await set(t)
  const own = join(folder, 'own')
  await mkdir(own)
  const manifest = { name: '@own/agent', version: '0.1.0', dependencies: { helper: '1.0.0' } }
  await writeFile(join(own, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(own, 'index.js'), 'module.exports = 1')
  const first = await installPackage('./own', { cacheDir, cwd: folder })
  t.match(first, { name: '@own/agent', version: '0.1.0', requested: './own' })
  t.same((await installPackage(`file:${own}`, { cacheDir })).root, first.root)
  await writeFile(join(own, 'index.js'), 'module.exports = 2')
  const second = await installPackage(own, { cacheDir })
  t.equal(await readFile(join(second.root, 'index.js'), 'utf8'), 'module.exports = 2')
  t.equal(await readFile(join(first.root, 'index.js'), 'utf8'), 'module.exports = 1')
  t.match(treeChanges(first, second), [{ name: '@own/agent', from: /^0\.1\.0 \(sha512-/, itself: true }])

  const tarball = join(folder, 'built.tgz')
  await writeFile(tarball, tarballOf({ name: 'built', version: '3.0.0' }, 'one'))
  const built = await installPackage('built.tgz', { cacheDir, cwd: folder, companions: ['helper@1.0.0'] })
  t.match(built, { name: 'built', version: '3.0.0', integrity: /^sha512-/ })
  t.same(
    built.tree.map(({ name }) => name),
    ['built', 'helper'],
  )
  await writeFile(tarball, tarballOf({ name: 'built', version: '3.0.0' }, 'two'))
  const rebuilt = await installPackage(tarball, { cacheDir })
  t.equal(await readFile(join(rebuilt.root, 'index.js'), 'utf8'), 'two')

  const address = `${process.env['npm_config_registry'] ?? ''}helper/-/1.3.0.tgz`
  const fetched = await installPackage(address, { cacheDir })
  t.match(fetched, { name: 'helper', version: '1.3.0', requested: address })
  await mkdir(join(folder, 'empty'))
  await t.rejects(installPackage('./empty', { cacheDir, cwd: folder }), { code: 'ERR_PACKAGE_UNKNOWN' })
})

t.test('leftovers of installations that were killed', async t => {
  const { cacheDir } = await set(t)
  const [old, young] = ['draft-old', 'draft-young'].map(name => join(cacheDir, 'packages', name)) as [
    string,
    string,
  ]
  await mkdir(old, { recursive: true })
  await mkdir(young)
  await utimes(old, new Date(0), new Date(0))
  await installPackage('helper@1.0.0', { cacheDir })
  t.notOk(existsSync(old))
  t.ok(existsSync(young), 'somebody may still install into it')
})

t.test('no place for packages, and no npm on the PATH', async t => {
  const { folder } = await set(t)
  await writeFile(join(folder, 'file'), '')
  await t.rejects(installPackage('helper@1.0.0', { cacheDir: join(folder, 'file') }), {
    code: 'ERR_INSTALL',
    message: /ISOLATE_LEAK_CACHE names another folder/,
  })
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' })
  t.match(cacheError(folder, full), { code: 'ERR_NO_SPACE', cause: full })
  const stdout = JSON.stringify({ error: { code: 'ENOSPC', summary: 'no space left', detail: '' } })
  const failure = npmFailure('install', { exitCode: 1, signal: null, stdout, stderr: '' })
  t.match(registryError(failure, 'x'), { code: 'ERR_NO_SPACE' })
  t.match(findNpm({ PATH: join(folder, 'nowhere') }, folder).args, [/npm-cli\.js$/], 'npm beside this Node')
})

t.test('where packages are kept', async t => {
  const { folder } = await set(t)
  t.equal(cacheFolder({ ISOLATE_LEAK_CACHE: folder, XDG_CACHE_HOME: '/elsewhere' }), folder)
  t.equal(cacheFolder({ ISOLATE_LEAK_CACHE: '', XDG_CACHE_HOME: folder }), join(folder, 'isolate-leak'))
  t.match(cacheFolder({}), /isolate-leak/)
})

t.test('what a surrounding npm run and a test runner leave does not reach npm', async t => {
  const env = npmEnvironment({
    PATH: '/project/node_modules/.bin:/usr/bin',
    HTTPS_PROXY: 'http://proxy:3128',
    NODE_OPTIONS: '--require hook.js',
    npm_execpath: '/npm-cli.js',
    npm_config_prefix: '/project',
    npm_config_global: 'true',
    npm_config_registry: 'http://registry/',
    'npm_config_@vendor:registry': 'http://vendor/',
    TAP: '1',
  })
  t.same(env, {
    PATH: `/usr/bin:${dirname(process.execPath)}`,
    HTTPS_PROXY: 'http://proxy:3128',
    npm_config_registry: 'http://registry/',
    'npm_config_@vendor:registry': 'http://vendor/',
  })
})

t.test('companions, and what differs between two trees', async t => {
  const { cacheDir } = await set(t)
  const older = await installPackage('some-agent@1.0.0', {
    cacheDir,
    companions: ['@vendor/oneagent@1.221.132-1.0.0'],
  })
  const newer = await installPackage('some-agent@1.1.0', { cacheDir })
  t.same(treeChanges(older, newer), [
    { name: 'some-agent', from: '1.0.0', to: '1.1.0', itself: true },
    { name: '@vendor/oneagent', from: '1.221.132-1.0.0', to: null, itself: false },
    { name: 'helper', from: '1.0.0', to: '1.3.0', itself: false },
  ])
  t.same(treeChanges(older, older), [])
  await t.rejects(installPackage('helper@1.0.0', { cacheDir, companions: ['helper@1.3.0'] }), {
    code: 'ERR_OPTION_INVALID',
  })
})

t.test('published versions', async t => {
  const { registry } = await set(t)
  const all = await publishedVersions('some-agent')
  t.same(
    all.map(({ version, engines, deprecated }) => [version, engines, deprecated]),
    [
      ['1.0.0', '>=18', false],
      ['1.1.0', null, true],
      ['2.0.0', null, false],
    ],
  )
  t.equal(all[0]?.publishedAt, '1970-01-01T00:00:00.000Z')
  const before = registry.requests.length
  t.same(await publishedVersions('some-agent', { range: '<2' }), all.slice(0, 2))
  t.equal(registry.requests.length, before, 'asked once')
  const beta = await publishedVersions('some-agent', { range: '>1.1.0', includePrerelease: true })
  t.same(
    beta.map(({ version }) => version),
    ['1.2.0-beta.1', '2.0.0'],
  )
  t.equal((await publishedVersions('@vendor/oneagent', { range: '>=1.221.131' })).length, 2)
  await t.rejects(publishedVersions('no-such-agent'), { code: 'ERR_PACKAGE_UNKNOWN' })
})
