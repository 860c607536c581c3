import {
  http,
  IsolateLeakError,
  isolateLeak,
  type IsolateLeakOptions,
  type IsolationReport,
} from 'isolate-leak'
import { realpathSync } from 'node:fs'
import t from 'tap'
import { quickTiming } from '../support/quick-timing.js'
import { runAlone } from '../support/run-trials.js'

/** Packages that only bear the names of agents. */
const fakePackage = (name: string, version: string): Record<string, string> => ({
  'package.json': JSON.stringify({ name, version, main: 'index.js' }),
  'index.js': 'globalThis.carried = (globalThis.carried ?? 0) + 1',
})
const server = "require('node:http').createServer((req, res) => res.end('ok')).listen(process.env.PORT)"
const folder = realpathSync(
  t.testdir({
    node_modules: {
      newrelic: fakePackage('newrelic', '13.20.0'),
      'newrelic-of-mine': fakePackage('newrelic-of-mine', '1.0.0'),
      '@sentry': { node: fakePackage('@sentry/node', '9.1.0') },
      '@opentelemetry': {
        api: fakePackage('@opentelemetry/api', '1.9.0'),
        instrumentation: fakePackage('@opentelemetry/instrumentation', '0.200.0'),
      },
    },
    'plain.cjs': server,
    'look-alike.cjs': `require('newrelic-of-mine'); require('@opentelemetry/api'); ${server}`,
    'carrying.cjs': `require('./monitoring.cjs'); ${server}`,
    'monitoring.cjs': "require('newrelic')",
    'parts.cjs': `require('@opentelemetry/instrumentation'); ${server}`,
    'two.cjs': `require('@sentry/node'); require('@opentelemetry/instrumentation'); ${server}`,
    'agent.cjs': 'globalThis.attached = true',
  }),
)

const options = {
  workload: http(),
  operations: 256,
  threshold: 4096,
  retentionMs: 0,
  seed: 1,
  evidence: 'none',
  ...quickTiming,
  concurrency: 1,
} as const

const run = (
  entry: IsolateLeakOptions['entry'],
  more: Partial<IsolateLeakOptions> = {},
): Promise<IsolationReport> =>
  isolateLeak({
    ...options,
    entry,
    agents: [{ name: 'attached', require: `${folder}/agent.cjs` }],
    ...more,
  })

const refusal = async (running: Promise<IsolationReport>): Promise<IsolateLeakError> => {
  const reason: unknown = await running.then(
    report => new Error(String(report)),
    (error: unknown) => error,
  )
  if (reason instanceof IsolateLeakError) return reason
  throw reason as Error
}

t.test('an agent that the application loads itself stops the run before the load', async t => {
  const events: string[] = []
  const error = await refusal(
    run(`${folder}/carrying.cjs`, {
      onEvent: event => {
        if (event.type === 'trial-sample' && event.trial.agents.length === 0) events.push(event.type)
      },
    }),
  )
  t.equal(error.code, 'ERR_BASELINE_AGENT')
  t.match(
    error.message,
    `newrelic 13.20.0 (${folder}/node_modules/newrelic, required by ${folder}/monitoring.cjs)`,
  )
  t.match(error.message, "keep: ['newrelic']")
  t.strictSame(events, [], 'nothing was measured without the agent')
})

t.test('so does one that the options themselves preload into every trial', async t => {
  const error = await refusal(
    run({ file: `${folder}/plain.cjs`, nodeArgs: ['--require', 'newrelic'], cwd: folder }),
  )
  t.equal(error.code, 'ERR_BASELINE_AGENT')
  t.match(error.message, /Take it out of entry\.nodeArgs/)
})

t.test('instrumentation alone counts, its interface does not', async t => {
  const error = await refusal(run(`${folder}/parts.cjs`))
  t.equal(error.code, 'ERR_BASELINE_AGENT')
  t.match(error.message, /@opentelemetry\/instrumentation 0\.200\.0/)
  const twin = await runAlone({ ...options, entry: `${folder}/look-alike.cjs` })
  t.strictSame(twin.outcome, { kind: 'completed' }, 'a harmless twin runs')
})

t.test('what is kept stays on in every trial, and the report says so', async t => {
  const report = await run(`${folder}/two.cjs`, { keep: ['@sentry/node'] })
  t.match(
    report.conditions.exercised.join('\n'),
    'started by the application itself, and on in every trial: @sentry/node 9.1.0',
  )
  t.strictSame(report.options.keep, ['@sentry/node'])
  for (const { loadedAgents } of report.trials) {
    t.strictSame(
      loadedAgents.map(({ name }) => name),
      ['@sentry/node', '@opentelemetry/instrumentation'],
    )
  }
  t.equal((await refusal(run(`${folder}/two.cjs`, { keep: ['newrelic'] }))).code, 'ERR_BASELINE_AGENT')
})
