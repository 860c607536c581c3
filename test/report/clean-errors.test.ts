import { join } from 'node:path'
import * as built from 'isolate-leak'
import t from 'tap'
import { main } from '../../lib/cli/main.js'
import { IsolateLeakError } from '../../lib/errors.js'
import { noteCallersOwn } from '../../lib/options/redact/callers-own.js'
import { withCleanErrors } from '../../lib/report/redact/known-secrets.js'
import { fakeContext } from '../cli/support/fake-context.js'
import { resolvedAgent, resolvedOptions } from './support/resolved-options.js'

/** None of them looks like a secret by itself. */
const planted = {
  ofCaller: 'planted-by-caller',
  ofEntry: 'planted-in-entry',
  ofAgent: 'planted-in-agent',
  ofArgument: 'planted-argument',
  ofHeader: 'planted-header',
  ofUrl: 'planted-password',
  quoted: 'planted "in quotes"',
}
const lines = ['-----BEGIN PLANTED-----', 'cGxhbnRlZC1saW5l', '-----END PLANTED-----']
const secrets = [...Object.values(planted), JSON.stringify(planted.quoted).slice(1, -1), ...lines]
const everything = `    ${[...secrets.slice(0, -lines.length), ...lines].join('\n    ')}`
const ordinary = 'Error: expected 3 orders, got 2\n    at keepAlive (/srv/shop/server.js:12:7)\n    PORT=8080'

const env = { SHOP_TOKEN: planted.ofEntry, SIGNING_KEY: lines.join('\n'), OTHER_KEY: planted.quoted }
const given = {
  entry: { file: '/srv/shop/server.js', env, args: ['--api-key', planted.ofArgument] },
  agents: [{ name: 'a', env: { A_LICENSE: planted.ofAgent, A_URL: `https://me:${planted.ofUrl}@host/` } }],
  workload: { kind: 'http', options: { headers: { authorization: `Bearer ${planted.ofHeader}` } } },
}
const resolved = resolvedOptions({
  entry: { env, args: given.entry.args },
  agents: [resolvedAgent('a', { env: given.agents[0]?.env ?? {} })],
  workload: { kind: 'http', description: 'GET /', options: given.workload.options },
})

const config = JSON.stringify({ entry: './server.js', agents: ['a'], workload: { http: {} } })

process.env['PLANTED_TOKEN'] = planted.ofCaller
t.teardown(() => delete process.env['PLANTED_TOKEN'])

const failing = async (error: unknown, isResolved = true): Promise<Error> =>
  withCleanErrors(given, async resolvedTo => {
    if (isResolved) resolvedTo(resolved)
    throw error
  }).then(
    () => new Error('expected a failure'),
    (reason: unknown) => reason as Error,
  )

t.test('no secret that a run knows leaves it with an error; the same error otherwise', async t => {
  for (const isResolved of [true, false]) {
    const command = Object.assign(new Error(`spawn failed: ${everything}`), {
      code: 'ENOENT',
      spawnargs: ['--install', `https://me:${planted.ofUrl}@host/`],
    })
    const several = new AggregateError([new Error(everything)], 'several', { cause: command })
    const error = new IsolateLeakError('ERR_ENTRY_CRASHED', `crashed\n${everything}\n${ordinary}`, {
      cause: several,
    })
    const thrown = await failing(error, isResolved)
    t.equal(thrown, error)
    t.match(thrown, { code: 'ERR_ENTRY_CRASHED', name: 'IsolateLeakError' })
    t.equal(thrown.cause, several)
    t.match(command, { code: 'ENOENT', spawnargs: ['--install', 'https://***@host/'] })
    const [one] = several.errors as Error[]
    const texts = [error, command, several, one].flatMap(each => [each?.message ?? '', each?.stack ?? ''])
    for (const text of texts) {
      t.same(
        secrets.filter(secret => text.includes(secret)),
        [],
      )
    }
    t.ok(error.message.endsWith(ordinary), 'ordinary output can be read')
    t.match(error.stack ?? '', /clean-errors\.test\.ts/)
  }
})

t.test('its harmless twin: an error without secrets is left alone', async t => {
  const cause = new Error(ordinary)
  const error = new IsolateLeakError('ERR_ENTRY_CRASHED', `crashed\n${ordinary}`, { cause })
  const { message, stack } = error
  const thrown = await failing(error)
  t.equal(thrown, error)
  t.strictSame([thrown.message, thrown.stack, thrown.cause], [message, stack, cause])
  t.equal(cause.message, ordinary)
  t.equal(await failing('no error at all'), 'no error at all')
})

t.test('what the caller threw is handed back as it is, and not printed as it is', async t => {
  const own = new Error(`refused ${planted.ofEntry}`)
  noteCallersOwn(own)
  const reason = new Error(`stopped with ${planted.ofEntry}`)
  const signal = AbortSignal.abort(reason)
  const failed = new IsolateLeakError('ERR_WORKLOAD_FAILED', `it threw: ${own.message}`, { cause: own })
  const aborted = new IsolateLeakError('ERR_ABORTED', 'aborted', { cause: reason })
  await t.rejects(
    withCleanErrors({ signal }, async () => Promise.reject(aborted)),
    { cause: reason },
  )
  t.equal(reason.message, `stopped with ${planted.ofEntry}`)
  t.equal((await failing(failed)).cause, own)
  t.equal(own.message, `refused ${planted.ofEntry}`)
  t.equal(failed.message, 'it threw: refused ***')

  const dir = t.testdir({ 'leak.json': config })
  const context = fakeContext(async () => Promise.reject(await failing(failed)), dir)
  for (const debug of ['', '*']) {
    context.env = { DEBUG: debug }
    await main(['run', 'leak.json', '--reporter=junit'], context)
  }
  t.match(context.stdout.text, /<error type="ERR_WORKLOAD_FAILED" message="it threw: refused \*\*\*">/)
  t.match(context.stderr.text, /caused by: refused \*\*\*/)
  t.notMatch(context.stdout.text + context.stderr.text, planted.ofEntry)
})

t.test('a wide secret is found before lines are broken, and one of the environment before a run', async t => {
  const phrase = 'correct horse battery staple '.repeat(4).trim()
  const context = fakeContext(
    async () => Promise.reject(new Error(`cannot log in with ${phrase}`)),
    t.testdirName,
  )
  context.env = { PASSPHRASE: phrase }
  const dir = t.testdir({ 'leak.json': config })
  await main(['run', `${dir}/leak.json`, '--reporter=junit'], context)
  t.match(context.stderr.text, 'cannot log in with ***')
  t.notMatch(context.stdout.text + context.stderr.text, /horse/)
})

t.test('every function of the library', async t => {
  const entry = `/srv/${planted.ofEntry}/server.js`
  const options = { entry: { file: entry, env }, agents: [], workload: built.idle() }
  const { agents, ...rest } = options
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    isolateLeak: async () => built.isolateLeak({ ...rest, agents }),
    checkUpgrade: async () => built.checkUpgrade({ ...rest, agent: 'a', from: '1.0.0', to: '2.0.0' }),
    bisectVersions: async () => built.bisectVersions({ ...rest, agent: 'a' }),
    isolateInstrumentation: async () => built.isolateInstrumentation({ ...rest, agent: 'newrelic' }),
    replay: async () => built.replay(entry, { entry: options.entry }),
  }
  for (const [name, call] of Object.entries(calls)) {
    await t.rejects(call(), { code: /ERR_ENTRY_NOT_FOUND|ERR_REPORT/, message: '/srv/***/server.js' }, name)
  }
})

t.test('what an application wrote before it crashed', async t => {
  const folder = t.testdir({
    'dumps.cjs': `
      console.log('starting 3 workers')
      console.log(process.env.SIGNING_KEY)
      console.error({ token: process.env.SHOP_TOKEN }, process.env.SHOP_TOKEN, process.argv.at(-1))
      console.error('Error: no orders for ' + process.env.PLANTED_TOKEN)
      process.exit(1)`,
  })
  const { args } = given.entry
  const failure = await built
    .isolateLeak({
      entry: { file: join(folder, 'dumps.cjs'), env, args },
      agents: [],
      workload: built.idle(),
    })
    .catch((error: unknown) => error)
  if (!(failure instanceof built.IsolateLeakError)) throw new Error('expected a failure', { cause: failure })
  t.equal(failure.code, 'ERR_ENTRY_CRASHED')
  t.match(failure.message, /Error: no orders for \*\*\*/)
  t.match(failure.message, /starting 3 workers\n.*\{ token: '?\*\*\*'? \} \*\*\* \*\*\*\n/s)
  for (const text of [failure.message, failure.stack ?? ''])
    t.same(
      secrets.filter(secret => text.includes(secret)),
      [],
    )
})
