import t from 'tap'
import { resolveOptions } from '../../lib/run/resolve/resolve-options.js'
import type { IsolateLeakOptions } from '../../lib/options/types.js'
import { knownSecrets } from '../../lib/report/redact/known-secrets.js'
import { rerunOptions, reportedWorkload } from '../../lib/report/redact/reported-options.js'
import type { RerunOptions } from '../../lib/types/index.js'
import { command } from '../../lib/trial/workload/command.js'
import { http } from '../../lib/trial/workload/http.js'
import { idle } from '../../lib/trial/workload/idle.js'
import { inApp } from '../../lib/trial/workload/in-app.js'
import { resolvedOptions } from './support/resolved-options.js'

const folder = t.testdir({
  'server.cjs': '',
  'agent.cjs': '',
  'operation.mjs': '',
  node_modules: {
    apm: { 'package.json': '{"name":"apm","version":"2.0.0","main":"index.js"}', 'index.js': '' },
  },
})
const before = process.cwd()
process.chdir(folder)
t.teardown(() => {
  process.chdir(before)
})

const rerunOf = async (options: Partial<IsolateLeakOptions>): Promise<RerunOptions | undefined> => {
  const resolved = await resolveOptions({ entry: './server.cjs', agents: [], workload: http(), ...options })
  return rerunOptions(resolved, knownSecrets(resolved, {}))
}

t.test('tells how agents were given: paths absolute, variables by name', async t => {
  const rerun = await rerunOf({
    entry: {
      file: './server.cjs',
      env: { LOG_LEVEL: 'warn', API_TOKEN: 'abcdef123456', NODE_ENV: undefined },
      ready: /listening on \d+/g,
      stdin: 'hello',
    },
    agents: [
      'apm',
      './agent.cjs',
      {
        name: 'log',
        preset: null,
        require: ['./agent.cjs', 'apm'],
        env: { LOG_PORT: '{collector.port}', LOG_KEY: 'abcdef654321', OFF: undefined },
        sidecar: { command: process.execPath, cwd: '.', env: { PORT: '1' }, ready: { port: 4000 } },
      },
    ],
    workload: http({ path: ['/a', '/b?page=2'], headers: { accept: 'text/html' }, connections: 3 }),
    concurrency: 2,
    trialTimeoutMs: 90_000,
  })
  t.strictSame(rerun, {
    workload: { http: { path: ['/a', '/b?page=2'], headers: { accept: 'text/html' }, connections: 3 } },
    entry: {
      ready: { pattern: 'listening on \\d+', flags: '' },
      variables: { set: ['API_TOKEN', 'LOG_LEVEL'], unset: ['NODE_ENV'], placeholders: {} },
      stdin: true,
      nodePath: false,
    },
    agents: [
      { name: 'apm', text: 'apm' },
      { name: './agent.cjs' },
      {
        name: 'log',
        preset: null,
        require: [`${folder}/agent.cjs`, 'apm'],
        variables: { set: ['LOG_KEY'], unset: ['OFF'], placeholders: { LOG_PORT: '{collector.port}' } },
        sidecar: {
          cwd: folder,
          variables: { set: ['PORT'], unset: [], placeholders: {} },
          ready: { port: 4000, host: '127.0.0.1' },
        },
      },
    ],
    concurrency: 2,
    trialTimeoutMs: 90_000,
    readyTimeoutMs: 30_000,
    evidence: 'summary',
    evidenceHeapLimitBytes: 268_435_456,
  })
  t.notMatch(JSON.stringify(rerun), /abcdef|warn/, 'no values')
})

t.test('leaves the caller’s objects as they are', async t => {
  const agent = { name: 'log', require: './agent.cjs', env: { A: '1' } }
  await rerunOf({ agents: [agent] })
  t.notOk(Object.isFrozen(agent) || Object.isFrozen(agent.env))
})

t.test('what cannot be written is null', async t => {
  t.match(
    await rerunOf({ workload: async () => undefined, entry: { file: './server.cjs', ready: () => true } }),
    {
      workload: null,
      entry: { ready: null },
    },
  )
  t.equal(rerunOptions(resolvedOptions(), []), undefined, 'put together otherwise')
})

t.test('workloads as a JSON config has them', async t => {
  t.strictSame(reportedWorkload(inApp('./operation.mjs'), []), { inApp: `${folder}/operation.mjs` })
  t.strictSame(reportedWorkload({ ...idle() }, []), { idle: {} })
  t.strictSame(reportedWorkload(command(['sh', '-c', 'true', '{operations}']), []), {
    command: { args: ['sh', '-c', 'true', '{operations}'], cwd: folder },
  })
  const env = { TARGET: '{url}/?page=2', HOME: undefined }
  const all = command(['sh', '{operations}'], { cwd: '/', env, count: /(\d+) ok/i, timeoutMs: 9 })
  t.strictSame(reportedWorkload(all, []), {
    command: {
      ...{ args: ['sh', '{operations}'], cwd: '/', timeoutMs: 9 },
      env: { TARGET: '{url}/?page=2', HOME: null },
      count: { pattern: '(\\d+) ok', flags: 'i' },
    },
  })
  t.strictSame(reportedWorkload(http(), []), { http: {} })
})

const secret = { authorization: 'Bearer abcdefghij' }
const secrets: readonly (readonly [string, Parameters<typeof http>[0]])[] = [
  ['a path by index', { path: index => `/${String(index)}` }],
  ['requests by index', { requests: () => ({}) }],
  ['a header with a secret', { headers: secret }],
  ['a header with a secret in one request', { requests: [{ path: '/' }, { headers: secret }] }],
  ['a cookie', { headers: { cookie: 'a=b' } }],
  ['a body with a password', { method: 'POST', body: '{"name":"me","password":"hush"}' }],
  ['a token in the query', { path: '/?token=abcdefgh' }],
  ['a token in the query under another name', { path: '/?c=8f14e45fceea167a5a36dedd4bea2543' }],
  ['a known secret', { path: '/of/hush-hush' }],
  ['a private key', { tlsOptions: { key: 'x' } }],
  ['requests of people', { requests: [{ path: '/' }], recording: { file: 'traffic.har' } as never }],
  ['a very large body', { method: 'POST', body: 'x '.repeat(20_000) }],
]
for (const [name, options] of secrets) {
  t.test(`is null with ${name}`, async t => {
    t.equal(reportedWorkload(http(options), ['hush-hush']), null)
  })
}

const commands: readonly (readonly [string, readonly string[], Parameters<typeof command>[1]?])[] = [
  ['a function', [], { count: () => 1 }],
  ['a header with a secret', ['-H', 'authorization: Bearer abcdefghij']],
  ['a secret of a flag', ['--api-key', 'abcdefghij']],
  ['a token in a query', ['{url}/?c=8f14e45fceea167a5a36dedd4bea2543']],
  ['a secret variable', [], { env: { API_TOKEN: 'abcdef' } }],
  ['a known secret in a variable', [], { env: { OF: 'a hush-hush' } }],
  ['a very long line', ['x '.repeat(20_000)]],
]
for (const [name, args, options] of commands) {
  t.test(`a command is null with ${name}`, async t => {
    const workload = command(['sh', '{operations}', ...args], options)
    t.equal(reportedWorkload(workload, ['hush-hush']), null)
  })
}

t.test('secrets of a command are known, so that its output does not tell them', async t => {
  const workload = command(['sh', '{operations}', '-H', 'x-auth-key: abcdefghij', '--token=klmnopqrst'], {
    env: { PASSWORD: 'uvwxyz', PLAIN: 'nothing' },
  })
  t.same(knownSecrets(resolvedOptions({ workload })), ['klmnopqrst', 'abcdefghij', 'uvwxyz'])
  t.equal(workload.description, 'sh {operations} -H "x-auth-key: ***" --token=***')
})
