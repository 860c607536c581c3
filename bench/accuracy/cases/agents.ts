import { ddTrace, otelHttp } from '../../../test/support/real-agents.js'
import { application, orders, orderService, seenByHand, wired } from './parts.js'
import type { AccuracyCase, BackendSetting, CaseGroup } from './types.js'
import { elastic, newRelic } from './vendors.js'

const datadog: BackendSetting = { behaves: 'up', reports: 'datadog' }
const audit: BackendSetting = { behaves: 'up', reports: 'audit' }

/** The side of a fix that a version is on. */
const side = (leaks: boolean, name: string): { readonly group: CaseGroup; readonly expected: string[] } =>
  leaks ? { group: 'leak', expected: [name] } : { group: 'fixed', expected: [] }

const httpExit = (version: '3.9.3' | '3.10.0', leaks: boolean): AccuracyCase => ({
  id: `dd-httpexit/${version}`,
  ...side(leaks, `dd-trace ${version}`),
  about: 'dd-trace-js #2628: the span store keeps each request',
  workload: orders,
  backends: { collector: datadog },
  ...(leaks ? { truth: seenByHand(`dd-trace ${version}`, 8_123) } : {}),
  subject: async ({ collector }) => orderService(await ddTrace(version, collector!.url)),
})

const setTimeoutChain = (version: '4.21.0' | '4.22.0', leaks: boolean): AccuracyCase => ({
  id: `dd-settimeout/${version}`,
  ...side(leaks, `dd-trace ${version}`),
  about: 'dd-trace-js #3887: Socket.setTimeout makes a chain of closures on a connection that is kept',
  workload: orders,
  backends: { collector: datadog, audit },
  ...(leaks ? { truth: seenByHand(`dd-trace ${version}`, 10_238) } : {}),
  subject: async ({ collector, audit }) =>
    orderService(
      await ddTrace(version, collector!.url),
      { AUDIT_URL: `${audit!.url}/audit` },
      'orders-asking.cjs',
    ),
})

const runtimeMetrics = (version: '5.43.0' | '5.45.0', leaks: boolean): AccuracyCase => ({
  id: `dd-runtime-metrics/${version}`,
  ...side(leaks, `dd-trace ${version}`),
  about: 'dd-trace PR 5476: a Map keyed by arrays that are new at each tick. Grows with time',
  workload: { kind: 'idle' },
  backends: { collector: datadog },
  subject: async ({ collector }) => {
    const { name, env } = await ddTrace(version, collector!.url)
    const agent = await wired(name, 'runtime-metrics.cjs', 'DD_FOLDER', [`dd-trace@${version}`], {
      ...env,
      DD_RUNTIME_METRICS_ENABLED: 'true',
    })
    return { entry: { file: application('waiting.cjs') }, agents: [agent] }
  },
})

const unresumed = (version: '0.45.1' | '0.46.0', leaks: boolean): AccuracyCase => ({
  id: `otel-http-unresumed/${version}`,
  ...side(leaks, `otel-http ${version}`),
  about: 'opentelemetry-js #4316: a call whose answer nobody listens for never ends',
  workload: orders,
  backends: { collector: { behaves: 'up', reports: 'otlp' }, audit },
  ...(leaks ? { truth: seenByHand(`otel-http ${version}`, 16_596) } : {}),
  subject: async ({ collector, audit }) => ({
    entry: { file: application('orders-telling.cjs'), env: { AUDIT_URL: `${audit!.url}/audit` } },
    agents: [await otelHttp(version, collector!.url)],
  }),
})

const twoReaders = (version: '1.17.0' | '1.17.1', leaks: boolean): AccuracyCase => ({
  id: `otel-2readers/${version}`,
  ...side(leaks, `sdk-metrics ${version}`),
  about: 'opentelemetry-js #4115: accumulations for a reader that never collects. Grows with each collection',
  workload: { kind: 'in-app', module: application('collect.mjs') },
  subject: async () => ({
    entry: { file: application('waiting.cjs') },
    agents: [
      await wired(`sdk-metrics ${version}`, 'two-readers.cjs', 'OTEL_FOLDER', [
        `@opentelemetry/sdk-metrics@${version}`,
        '@opentelemetry/api@1.6.0',
      ]),
    ],
  }),
})

const localVariables = (version: '7.45.0' | '7.46.0', leaks: boolean): AccuracyCase => ({
  id: `sentry-localvars/${version}`,
  ...side(leaks, `sentry ${version}`),
  about: 'sentry-javascript #7637: handles of the inspector for the variables of each caught error',
  workload: orders,
  backends: { collector: { behaves: 'up', reports: 'sentry' } },
  ...(leaks ? { truth: seenByHand(`sentry ${version}`, 18_779) } : {}),
  subject: async ({ collector }) =>
    orderService(
      await wired(`sentry ${version}`, 'sentry.cjs', 'SENTRY_FOLDER', [`@sentry/node@${version}`], {
        SENTRY_DSN: `http://key@127.0.0.1:${collector!.port.toString()}/1`,
      }),
      {},
      'orders-catching.cjs',
    ),
})

const droppedPromise = (version: '7.4.0' | '7.5.0', leaks: boolean): AccuracyCase => ({
  id: `nr-promise-flag/${version}`,
  ...side(leaks, `newrelic ${version}`),
  about:
    'newrelic 7.5.0 release notes: with new_promise_tracking a promise that never settles keeps its transaction',
  workload: orders,
  backends: { collector: { behaves: 'up', secure: true, reports: 'newrelic' } },
  ...(leaks ? { truth: seenByHand(`newrelic ${version}`, 17_087) } : {}),
  subject: async ({ collector }) =>
    orderService(
      await newRelic(version, collector!, { NEW_RELIC_FEATURE_FLAG_NEW_PROMISE_TRACKING: 'true' }),
      {},
      'orders-dropping.cjs',
    ),
})

const runContext = (version: '3.24.0' | '3.27.0', leaks: boolean): AccuracyCase => ({
  id: `elastic-runctx/${version}`,
  group: leaks ? 'leak' : 'fixed',
  about: 'apm-agent-nodejs #2489: the application keeps a promise for each request, the agent multiplies it',
  workload: orders,
  backends: { collector: { behaves: 'up', reports: 'elastic' } },
  expected: leaks ? ['application', `elastic-apm-node ${version}`] : ['application'],
  ...(leaks
    ? { truth: seenByHand(`elastic-apm-node ${version}`, 17_135) }
    : {
        allowed: {
          accused: [`elastic-apm-node ${version}`],
          because: 'the fixed version still holds 2.7 KB with each promise that the application keeps',
        },
      }),
  subject: async ({ collector }) =>
    orderService(await elastic(version, collector!), { KEEP: 'promise' }, 'orders-keeping.cjs'),
})

/** Real leaks of agents, and the versions that fixed them. */
export const agentCases: readonly AccuracyCase[] = [
  httpExit('3.9.3', true),
  httpExit('3.10.0', false),
  setTimeoutChain('4.21.0', true),
  setTimeoutChain('4.22.0', false),
  runtimeMetrics('5.43.0', true),
  runtimeMetrics('5.45.0', false),
  unresumed('0.45.1', true),
  unresumed('0.46.0', false),
  twoReaders('1.17.0', true),
  twoReaders('1.17.1', false),
  localVariables('7.45.0', true),
  localVariables('7.46.0', false),
  droppedPromise('7.4.0', true),
  droppedPromise('7.5.0', false),
  runContext('3.24.0', true),
  runContext('3.27.0', false),
]
