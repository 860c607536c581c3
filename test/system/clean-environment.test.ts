import { chmodSync, realpathSync } from 'node:fs'
import t from 'tap'
import { askNodeVersion } from '../../lib/system/ask-node-version.js'
import { cleanEnvironment } from '../../lib/system/clean-environment.js'
import { findExecutable } from '../../lib/system/file-exists.js'

t.test('what tools leave is removed, the rest is kept', async t => {
  const application = {
    HOME: '/home/app',
    DATABASE_URL: 'postgres://x',
    PATH: '/usr/bin:/app/node_modules/.bin',
    NODE_ENV: 'production',
    NODE_PATH: '/opt/modules',
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    TEST: 'kept without vitest',
    NODE: 'kept without npm',
    TAPPED: '1',
    OTEL_SERVICE_NAME: 'orders',
    MODE: 'fast',
  }
  const tools = {
    TAP: '1',
    TAP_CHILD_ID: '1',
    _TAPJS_PROCESSINFO_CWD_: '/app',
    NYC_CONFIG: '{}',
    NODE_V8_COVERAGE: '/tmp/c8',
    JEST_WORKER_ID: '1',
    TSIMP_DIAG: 'x',
    AVA_PATH: 'x',
    npm_config_yes: '1',
    npm_package_name: 'orders',
    INIT_CWD: '/app',
    NODE_CHANNEL_FD: '3',
    NODE_CHANNEL_SERIALIZATION_MODE: 'json',
    NODE_UNIQUE_ID: '1',
    NODE_TEST_CONTEXT: 'child-v8',
    VSCODE_INSPECTOR_OPTIONS: '{}',
    ISOLATE_LEAK_PROBE: '{}',
    UNSET: undefined,
  }
  t.same(cleanEnvironment({ ...application, ...tools }), { env: application, dropped: [] })
})

t.test('variables that somebody may have meant are named', async t => {
  const meant = {
    NODE_OPTIONS: '--max-old-space-size=4096',
    LD_PRELOAD: '/opt/agent.so',
    DYLD_INSERT_LIBRARIES: '/opt/agent.dylib',
    TS_NODE_PROJECT: 'tsconfig.app.json',
  }
  t.same(cleanEnvironment({ HOME: '/', ...meant }), { env: { HOME: '/' }, dropped: Object.keys(meant) })
  t.same(cleanEnvironment({ TAP: '1', TS_NODE_TRANSPILE_ONLY: '1' }).dropped, [], 'as tap sets it')
})

t.test('NODE_OPTIONS that only hold what tools put there are not named', async t => {
  for (const options of [
    '',
    '"--import=file:///app/node_modules/@tapjs/processinfo/dist/esm/import.mjs"',
    '--require /app/node_modules/node-preload/preload-path/node-preload.js',
    '--require /app/node_modules/tsx/dist/preflight.cjs --import file:///app/node_modules/tsx/dist/loader.mjs',
    '-r ts-node/register --enable-source-maps',
    '--loader=ts-node/esm --no-warnings',
    '--require /home/me/.vscode/extensions/ms-vscode.js-debug/src/bootloader.js',
  ]) {
    t.same(cleanEnvironment({ NODE_OPTIONS: options }), { env: {}, dropped: [] }, options)
  }
  for (const options of [
    '--max-old-space-size=4096 --require tsx/preflight',
    '--require ./tracing.cjs',
    '--require=dd-trace/init',
    '--import "./my agent.mjs"',
    '--require /srv/tape/agent.js',
  ]) {
    t.same(
      cleanEnvironment({ NODE_OPTIONS: options, TAP: '1' }),
      { env: {}, dropped: ['NODE_OPTIONS'] },
      options,
    )
  }
})

t.test('what vitest and jest add', async t => {
  const vitest = { VITEST: 'true', VITEST_POOL_ID: '1', TEST: 'true', MODE: 'test', DEV: '1', BASE_URL: '/' }
  t.same(cleanEnvironment({ ...vitest, NODE_ENV: 'test', A: 'b' }).env, { A: 'b' })
  t.same(cleanEnvironment({ JEST_WORKER_ID: '1', NODE_ENV: 'test' }).env, {})
  t.same(cleanEnvironment({ JEST_WORKER_ID: '1', NODE_ENV: 'staging' }).env, { NODE_ENV: 'staging' })
  t.same(cleanEnvironment({ NODE_ENV: 'test' }).env, { NODE_ENV: 'test' }, 'meant by the caller')
})

t.test('what npm adds', async t => {
  const path =
    '/app/node_modules/.bin:/node_modules/.bin:/usr/lib/npm/node-gyp-bin:/usr/bin:/my/node_modules/.bins'
  const { env } = cleanEnvironment({ npm_lifecycle_event: 'test', NODE: '/usr/bin/node', PATH: path })
  t.same(env, { PATH: '/usr/bin:/my/node_modules/.bins' })
})

t.test('nothing of the runner of this very test is left', async t => {
  const { env } = cleanEnvironment(process.env)
  t.same(
    Object.keys(env).filter(name => /^(_?TAP|npm_|NODE_OPTIONS$|NODE_V8_COVERAGE$|TS_NODE_)/.test(name)),
    [],
  )
})

t.test('findExecutable', async t => {
  const folder = realpathSync(t.testdir({ bin: { run: '#!/bin/sh\n', data: 'x' }, folder: {} }))
  chmodSync(`${folder}/bin/run`, 0o755)
  const places = { cwd: folder, path: `/missing::${folder}/bin` }
  t.equal(findExecutable('run', places), `${folder}/bin/run`)
  t.equal(findExecutable('./bin/run', places), `${folder}/bin/run`)
  t.equal(findExecutable(`${folder}/bin/run`, places), `${folder}/bin/run`)
  t.equal(findExecutable('run', { cwd: folder, path: 'bin' }), `${folder}/bin/run`)
  t.equal(findExecutable('data', places), undefined, 'not executable')
  t.equal(findExecutable('./folder', places), undefined, 'a folder')
  t.equal(findExecutable('missing', places), undefined)
})

t.test('askNodeVersion', async t => {
  const { node, v8 } = process.versions
  t.same(await askNodeVersion(process.execPath), { node, v8 })
  const folder = t.testdir({
    'node-wrapper': `#!/bin/sh\nexec '${process.execPath}' "$@"\n`,
    'spy-node': `#!/bin/sh\necho "{\\"node\\":\\"18.0.0\\",\\"v8\\":\\"$NODE_OPTIONS$TAP$NODE_V8_COVERAGE.\\"}"\n`,
    bun: '#!/bin/sh\necho \'{"node":"20.0.0","v8":"x","bun":"1.0.0"}\'\n',
    hello: '#!/bin/sh\necho hello\n',
    broken: '#!/bin/sh\necho "no libc" >&2\nexit 7\n',
    garbage: '\0\0',
  })
  const path = (name: string): string => {
    chmodSync(`${folder}/${name}`, 0o755)
    return `${folder}/${name}`
  }
  t.same(await askNodeVersion(path('node-wrapper')), { node, v8 })
  t.same(
    await askNodeVersion(path('spy-node')),
    { node: '18.0.0', v8: '.' },
    'hooks of the runner do not reach it',
  )
  const unusable = async (name: string, message: RegExp): Promise<void> => {
    await t.rejects(askNodeVersion(path(name)), { code: 'ERR_NODE_UNUSABLE', message }, name)
  }
  await unusable('bun', /nodePath .*bun is not Node: asked for its versions, it answered/)
  await unusable('hello', /is not Node: asked for its versions, it answered 'hello'/)
  await unusable('broken', /broken does not run: it ended with exit code 7 and wrote 'no libc'/)
  await unusable('garbage', /garbage (is not Node|does not run)/)
  await t.rejects(askNodeVersion(`${folder}/missing`), { code: 'ERR_NODE_UNUSABLE' })
})
