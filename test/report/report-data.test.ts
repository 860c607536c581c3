import t from 'tap'
import { conditions } from '../../lib/report/conditions.js'
import { createReport } from '../../lib/report/create-report.js'
import { redactArguments, redactText } from '../../lib/options/redact/redact-text.js'
import { runLine } from '../../lib/report/journal-lines.js'
import { decisionSettings } from '../../lib/options/decision-settings.js'
import { resolveTiming } from '../../lib/options/timing.js'
import { knownSecrets, cleanWarning } from '../../lib/report/redact/known-secrets.js'
import { runEnvironment } from '../../lib/report/run-environment.js'
import type { RunWarning } from '../../lib/types/index.js'
import { reportOf } from './support/report-of.js'
import { resolvedAgent, resolvedOptions } from './support/resolved-options.js'
import { trial } from './support/trials.js'

const environment = runEnvironment({ nodeVersion: '20.20.2', v8Version: '11.3' })

const sets = { exercised: [], notExercised: [] }

t.test('planted secrets appear nowhere', t => {
  const secret = (name: string): string => `planted-${name}`
  const message = (name: string): string =>
    `failed: ${name}=${secret('inline')} https://u:${secret('url')}@db/1 and ${secret('env')} ${secret('agent')} ${secret('caller')} ${secret('dburl')} Authorization: Bearer ${secret('bearer')}`
  const warning: RunWarning = { code: 'TRIAL_FAILED', message: message('apiKey'), downgrades: true }
  const options = resolvedOptions({
    entry: {
      args: [
        '--token',
        secret('argument'),
        '--port',
        '3000',
        `--password=${secret('two words')} in-two-words`,
      ],
      nodeArgs: [`--auth-token=${secret('node')}`, '--max-old-space-size=512'],
      env: {
        SESSION_SECRET: secret('env'),
        MODE: 'production',
        DATABASE_URL: `pg://u:${secret('dburl')}@db/1`,
      },
    },
    agents: [
      resolvedAgent('dd-trace', {
        env: { DD_API_KEY: secret('agent'), DD_SITE: 'local' },
        nodeArgs: ['--license-key', secret('license')],
        command: ['env', `NEW_RELIC_LICENSE_KEY=${secret('command')}`, 'vendor-run'],
        import: [`data:text/javascript,init({ token: "${secret('import')}" })`],
      }),
    ],
    workload: { kind: 'http', description: `GET /?access_token=${secret('query')}&page=2`, options: {} },
    warnings: [warning],
  })
  const callerEnv = {
    MY_TOKEN: secret('caller'),
    HOME: '/home/someone',
    A_KEY: 'short',
    UNSET_KEY: undefined,
  }
  // A decision is made from trials that hold no secrets any more.
  const passedOn = cleanWarning(warning, knownSecrets(options, callerEnv))
  const data = reportOf({
    options,
    decision: { verdict: 'inconclusive', culprits: [], components: [], warnings: [passedOn], sets },
    trials: [
      trial({
        id: 1,
        agents: ['dd-trace'],
        startBytes: 1,
        heapPerOperation: 1,
        outcome: {
          kind: 'crashed',
          exitCode: 1,
          signal: null,
          message: `${secret('argument')} ${message('DB_PASSWORD')}`,
        },
        warnings: [warning],
      }),
    ].map(record => ({
      ...record,
      samples: record.samples.map(sample => ({
        ...sample,
        parts: [{ kind: 'process' as const, label: message('apiKey'), values: {}, heapLimitBytes: 1 }],
        unread: [{ kind: 'process' as const, name: message('DB_PASSWORD') }],
      })),
    })),
    environment,
    startedAt: new Date(0),
    totalMs: 5,
    callerEnv,
  })
  const report = createReport(data)
  for (const text of [JSON.stringify(report), String(report)]) {
    t.notMatch(text, /planted/)
    t.notMatch(text, 'in-two-words')
    t.match(text, '--port')
    t.match(text, '3000')
    t.match(text, 'page=2')
    t.match(text, '***')
  }
  t.strictSame(data.options.entry.env, ['DATABASE_URL', 'MODE', 'SESSION_SECRET'], 'names only')
  t.strictSame(data.options.agents[0]?.env, ['DD_API_KEY', 'DD_SITE'])
  t.strictSame(data.options.agents[0]?.command, ['env', 'NEW_RELIC_LICENSE_KEY=***', 'vendor-run'])
  t.notMatch(JSON.stringify(data), 'production')
  t.equal(data.warnings.length, 1, 'a warning that was passed on is said once')
  t.equal(data.timings.startedAt, '1970-01-01T00:00:00.000Z')
  t.end()
})

t.test('an agent named like a password keeps its name', t => {
  const options = resolvedOptions({
    agents: [resolvedAgent('postgres', { env: { PGPASSWORD: 'postgres' } })],
  })
  const warnings: RunWarning[] = [{ code: 'NOISY', message: 'postgres is noisy', downgrades: false }]
  const data = reportOf({
    options,
    decision: { verdict: 'clean', culprits: [], components: [], warnings, sets },
    trials: [],
    environment,
    startedAt: 0 as unknown as Date,
    totalMs: 0,
  })
  t.equal(data.warnings[0]?.message, 'postgres is noisy')
  t.end()
})

t.test('what looks like a secret', t => {
  const cases: readonly (readonly [string, string])[] = [
    ['Authorization: Bearer abc.def', 'Authorization: ***'],
    ['{"authorization":"Basic aGVsbG86d29ybGQ="}', '{"authorization":***}'],
    ['curl basic aGVsbG86d29ybGQ=', 'curl basic ***'],
    ['{"password":"x y","user":"me"}', '{"password":***,"user":"me"}'],
    ["apiKey: 'xx yy', a: 'b'", "apiKey: ***, a: 'b'"],
    ['https://publickey@sentry.test/1', 'https://***@sentry.test/1'],
    ['redis://u:p@h:1/2?a=1&token=zz&b=2', 'redis://***@h:1/2?a=1&token=***&b=2'],
    ['InstrumentationKey=abc;Endpoint=http://x', 'InstrumentationKey=***;Endpoint=http://x'],
    ['failed: x-api-key: qq', 'failed: x-api-key: ***'],
    ['url=http://h/?a=1;token=abc', 'url=http://h/?a=1;token=***'],
    ['url=http://h/?token=abc', 'url=http://h/?token=***'],
    ['token=a=b c', 'token=*** c'],
    ['Authorization=', 'Authorization='],
  ]
  for (const [text, masked] of cases) t.equal(redactText(text), masked)
  for (const harmless of [
    'basic monitoring of 1 host',
    'threshold=5',
    'keyboard=de',
    'author=me',
    'a key, 3 of 4',
    'the key: none',
    'http://h:1/x@y',
  ]) {
    t.equal(redactText(harmless), harmless)
  }
  t.strictSame(
    redactArguments(['--api-key', '--port', '3']),
    ['--api-key', '--port', '3'],
    'a flag is no value',
  )
  t.end()
})

t.test('long texts are redacted in linear time', t => {
  const long = [
    'a'.repeat(200_000),
    `${'a-'.repeat(100_000)}://`,
    'a:"'.repeat(60_000),
    'x-key'.repeat(40_000),
    'x-key:'.repeat(40_000),
    'key='.repeat(40_000),
    'key:"'.repeat(30_000),
  ]
  for (const text of long) t.equal(redactText(text).length > 0, true)
  t.end()
})

t.test('what was exercised and what was not', t => {
  const run = (options: ReturnType<typeof resolvedOptions>) =>
    runLine({
      ...{ options, settings: decisionSettings(options), startedAt: new Date(0), secrets: [] },
      environment: runEnvironment(options.entry),
    })
  const trials = [
    trial({ id: 1, agents: [], startBytes: 1, heapPerOperation: 1 }),
    trial({
      id: 2,
      agents: ['dd-trace'],
      purpose: 'retention',
      startBytes: 1,
      heapPerOperation: 1,
      loadedAgents: [{ name: 'dd-trace', version: '3.9.3', path: '/a' }],
    }),
  ]
  const shop = conditions(run(resolvedOptions({ conflict: 'a and b are both dd-trace' })), trials, {
    exercised: ['all agents together'],
    notExercised: ['every agent alone'],
  })
  t.equal(shop.workload, 'GET /orders/42 on 10 connections')
  t.equal(shop.operations, 20_480)
  t.match(shop.exercised.join('\n'), '20,480 operations a trial on Node 20.20.2')
  t.match(shop.exercised.join('\n'), 'answers by status: 200: 40,960')
  t.match(shop.exercised.join('\n'), 'loaded agents: dd-trace 3.9.3')
  t.match(shop.exercised.join('\n'), '1 min of idle time after the load: dd-trace')
  const missing = shop.notExercised.join('\n')
  t.match(missing, 'collector')
  t.match(missing, 'later than operation 20,480')
  t.match(missing, 'caches of more than 5,120 entries')
  t.match(missing, 'follows time')
  t.match(shop.exercised.join('\n'), 'all agents together')
  t.match(missing, 'agents together: a and b are both dd-trace')
  t.match(missing, 'every agent alone')
  t.match(missing, 'longer than 1 min')
  t.notMatch(missing, 'worker threads')

  t.notMatch(shop.exercised.join('\n'), 'started by the application itself')
  const [bare, armed] = trials
  const sentry = { name: '@sentry/node', version: '9.1.0', path: '/s' }
  const keeping = conditions(
    run({ ...resolvedOptions(), keep: ['@sentry/node', 'newrelic'] }),
    [...(bare ? [{ ...bare, loadedAgents: [sentry] }] : []), ...(armed ? [armed] : [])],
    { exercised: [], notExercised: [] },
  )
  t.match(
    keeping.exercised.join('\n'),
    'on in every trial: @sentry/node 9.1.0 and newrelic (was not found loaded)',
  )

  const idle = conditions(
    run(
      resolvedOptions({
        agents: [],
        workload: { kind: 'idle', description: 'idle' },
        operations: 120,
        timing: resolveTiming({}, 'standard', { kind: 'idle' }),
      }),
    ),
    trials.map(record => ({
      ...record,
      counts: null,
      agents: [],
      loadedAgents: [],
      samples: record.samples.map(sample => ({
        ...sample,
        parts: ['main', 'thread', 'thread', 'process'].map((kind, index) => ({
          kind: kind as 'main' | 'thread' | 'process',
          label: `${kind} #${String(index)}`,
          values: {},
          heapLimitBytes: 1,
        })),
        unread: [{ kind: 'thread', name: 'thread #2' }],
      })),
    })),
    sets,
  )
  t.match(idle.exercised.join('\n'), '120 seconds a trial')
  const idleMissing = idle.notExercised.join('\n')
  t.match(idleMissing, 'nothing was asked of the application')
  t.match(idleMissing, 'later than 120 seconds')
  t.match(idleMissing, 'held for longer than 30 seconds')
  t.match(idle.exercised.join('\n'), 'up to 1 worker thread and 1 child process')
  t.match(idleMissing, 'threads and processes that could not be read')
  t.notMatch(idleMissing, /collector|caches|follows time|with each other/)
  t.end()
})

t.test('environment', t => {
  t.match(environment, {
    node: '20.20.2',
    v8: '11.3',
    isolateLeak: /^\d+\.\d+\.\d+/,
    cpus: Number,
    memoryBytes: Number,
  })
  t.end()
})

t.test('the folder that a shell tells is no secret, what is called pwd elsewhere is', async t => {
  const callerEnv = { PWD: '/srv/shop', OLDPWD: '/srv/other', DB_PWD: 'hunter2-hunter2', pwd: 'swordfish' }
  t.strictSame(knownSecrets(resolvedOptions(), callerEnv), ['hunter2-hunter2', 'swordfish'])
})
