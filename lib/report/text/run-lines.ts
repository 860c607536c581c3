import { relative } from 'node:path'
import type { ReportData, ReportedOptions, TrialRecord, RunWarning } from '../../types/index.js'
import { formatNumber, formatDuration } from '../format/bytes.js'
import { list, plural } from '../format/layout.js'
import { perWhat } from '../format/growth.js'
import { measuredLaunches, ownSet, trialsOfSet } from '../judged.js'

/** Packages of an agent that are named; an APM agent may consist of forty. */
const NAMED = 3

/** What was run, as pairs of a label and a text. */
export function runLines(data: ReportData): (readonly [string, string])[] {
  const { options, environment, conditions } = data
  const attached = options.carrier ? [options.carrier] : options.agents
  const flush = attached.flatMap(({ name, flush: told }) =>
    typeof told === 'string' ? [`${name}: ${told}`] : [],
  )
  const file = relative(options.entry.cwd, options.entry.file)
  const shown = file.startsWith('..') ? options.entry.file : file
  return [
    ['entry', [...options.entry.nodeArgs, shown, ...options.entry.args].join(' ')],
    ['node', `${environment.node} (V8 ${environment.v8}), ${environment.platform} ${environment.arch}`],
    ...(options.shard === undefined
      ? []
      : [
          [
            'shard',
            `${String(options.shard.index)} of ${String(options.shard.count)}; the others are not in this report`,
          ] as const,
        ]),
    ...agentLines(data),
    ...(flush.length === 0 ? [] : [['flush', flush.join('; ')] as const]),
    ...(options.backends.length > 1 ? [['collector', list(options.backends)] as const] : []),
    ['workload', conditions.workload],
    ['trials', trialsText(data)],
    [
      'took',
      `${formatDuration(data.timings.totalMs)}, effort ${options.effort}, isolate-leak ${environment.isolateLeak}`,
    ],
    ...loadLines(data),
    ...failures(data),
  ]
}

function loadLines({ environment: { cpus }, timings: { load } }: ReportData): (readonly [string, string])[] {
  if (load === undefined) return []
  const percent = (share: number): string => `${String(Math.round(share * 100))}%`
  const others = load.byOthers === null ? '' : `, ${percent(load.byOthers)} by other processes`
  return [['machine', `${plural(cpus, 'processor')}, ${percent(load.used)} of their time used${others}`]]
}

/** The agents, or the one whose instrumentations were switched on and off. */
function agentLines(data: ReportData): (readonly [string, string])[] {
  const { agents, carrier } = data.options
  // Reports of earlier versions have none.
  if (!carrier) return [['agents', agents.map(agent => agentText(agent, data)).join('; ') || 'none']]
  const version = carrier.version === null ? '' : ` ${carrier.version}`
  return [
    ['agent', `${carrier.preset ?? carrier.name}${version}, on in every trial`],
    ['switched', list(agents.map(({ name }) => name))],
  ]
}

/** Launches by the number of operations that they came to: an undecided arm goes on to twice as many. */
function trialsText({ trials, options, components: [first] }: ReportData): string {
  const unit = first === undefined ? 'operation' : perWhat(first.growth)
  const sizes = new Map<number, number>()
  for (const { operations } of measuredLaunches(trials))
    sizes.set(operations, (sizes.get(operations) ?? 0) + 1)
  const each = [...sizes].map(
    ([operations, count]) => `${formatNumber(count)} of ${formatNumber(operations)} ${unit}s`,
  )
  const checks = trials.filter(({ purpose }) => purpose === 'retention').length
  const idle = checks === 0 ? [] : [plural(checks, 'idle check')]
  return `${list([...each, ...idle])}, up to ${String(options.concurrency)} at a time`
}

function agentText(agent: ReportedOptions['agents'][number], data: ReportData): string {
  const version =
    agent.version === null || agent.name.endsWith(`@${agent.version}`)
      ? agent.name
      : `${agent.name} ${agent.version}`
  const own = [agent.name, agent.preset]
  const set = ownSet(agent.name, data)
  const byOthers = packagesOf(
    data.trials.filter(
      ({ agents }) => agents.length < set.length && agents.every(name => set.includes(name)),
    ),
  )
  const names = packagesOf(trialsOfSet(set, data), own, agent.version).filter(
    name => !byOthers.includes(name),
  )
  if (names.length === 0) return version
  const more = names.length - NAMED
  const shown = more > 1 ? [...names.slice(0, NAMED), `${String(more)} more of its packages`] : names
  return `${version} (loaded ${list(shown)})`
}

/** What was loaded in trials, without what is named and versioned like the agent. */
function packagesOf(
  trials: readonly TrialRecord[],
  own: readonly (string | null)[] = [],
  version: string | null = null,
): readonly string[] {
  const loaded = trials
    .flatMap(trial => trial.loadedAgents)
    .filter(found => !own.includes(found.name) || found.version !== version)
  return [...new Set(loaded.map(found => `${found.name} ${found.version}`))]
}

function failures({ trials, options: { backends } }: ReportData): (readonly [string, string])[] {
  return trials.flatMap(({ id, agents, backend, outcome }) => {
    if (outcome.kind === 'completed') return []
    const collector = backends.length > 1 ? `, collector ${backend}` : ''
    const who = agents.length === 0 ? 'no agents' : `${list(agents)}${collector}`
    return [
      [
        'failed',
        `trial ${String(id)} (${who}): ${outcome.kind.replaceAll('-', ' ')}. ${outcome.message}`,
      ] as const,
    ]
  })
}

/** Warnings in lines, with their codes; those that say the same are one. */
export function warningLines(warnings: readonly RunWarning[]): string[] {
  const counts = new Map<string, number>()
  for (const { code, message } of warnings) {
    const line = `${message} (${code})`
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  return [...counts].map(([line, count]) => (count === 1 ? line : `${line}, ${String(count)} times`))
}
