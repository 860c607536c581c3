import { signsOfLife } from '../decide/components/signs-of-life.js'
import type { RunLine } from './journal-lines.js'
import type { Conditions, TrialRecord } from '../types/index.js'
import { exercisedBackends, reportedLines, unreportedLines } from './collector-lines.js'
import { formatNumber, formatDuration } from './format/bytes.js'
import { list, plural } from './format/layout.js'
import type { Judgement } from './words/in-words.js'

/** A bounded cache of more entries than this share of the operations is still filling when the trial ends. */
const LARGEST_CACHE_SHARE = 1 / 4
/** Further signs of an agent are only counted. */
const MOST_SIGNS = 4

type KnownConditions = Pick<RunLine, 'options' | 'workload' | 'conflict' | 'environment'>

/** What the trials exercised and what they did not, from what was asked for and what happened. */
export function conditions(
  run: KnownConditions,
  trials: readonly TrialRecord[],
  sets: Judgement['sets'],
): Conditions {
  const backends = exercisedBackends(run.options.backends, trials)
  return {
    workload: run.workload.description,
    backends,
    operations: run.options.operations,
    exercised: exercised(run, trials, sets, backends),
    notExercised: notExercised(run, trials, sets, backends),
  }
}

function exercised(
  { options, workload, environment }: KnownConditions,
  trials: readonly TrialRecord[],
  sets: Judgement['sets'],
  backends: Conditions['backends'],
): string[] {
  const loaded = new Set(
    trials.flatMap(trial => trial.loadedAgents.map(({ name, version }) => `${name} ${version}`)),
  )
  const retention = trials.filter(trial => trial.purpose === 'retention').flatMap(trial => trial.agents)
  return [
    `${plural(options.operations, operationNoun(workload))} a trial on Node ${environment.node}`,
    ...driven(trials),
    ...generator(workload),
    ...answersByStatus(trials),
    ...(loaded.size === 0 ? [] : [`loaded agents: ${list([...loaded])}`]),
    ...options.agents.flatMap(({ name, sidecar = [] }) =>
      sidecar.length === 0
        ? []
        : [`beside the application, the sidecar of ${name}: its own memory is not in the figures`],
    ),
    ...kept(options.keep ?? [], trials),
    ...sets.exercised,
    ...flushLines(options),
    ...lifeLines(options, trials),
    ...reportedLines(reportersOf(options), backends, trials),
    ...alongside(trials),
    ...(trials.some(trial => trial.purpose === 'retention')
      ? [
          `${formatDuration(options.retentionMs)} of idle time after the load: ${list([...new Set(retention)]) || 'the application'}`,
        ]
      : []),
  ]
}

/** Which servers were driven; a port only where it was the same in every trial. */
function driven(trials: readonly TrialRecord[]): string[] {
  const found = trials.flatMap(trial => (trial.driven === undefined ? [] : [trial.driven]))
  const urls = new Set(found.map(({ url }) => url))
  const [url = ''] = urls
  const at = urls.size === 1 ? ` at ${url}` : ''
  const servers = found.map(({ openedBy, process }) => {
    const opener = openedBy === null ? 'the server of the application' : `the server that ${openedBy} opened`
    return `${opener}${process === null ? '' : `, in the process of ${process}`}${at}`
  })
  return [...new Set(servers)].map(server => `requests went to ${server}`)
}

/** Of what else performs requests the connections stay open. */
function generator({ kind }: RunLine['workload']): string[] {
  if (kind !== 'command') return []
  return ['the load generator was started anew for each round of operations, with new connections each time']
}

/** What was seen of each agent in the application. */
function lifeLines({ agents }: RunLine['options'], trials: readonly TrialRecord[]): string[] {
  const baseline = trials.filter(trial => trial.agents.length === 0)
  return agents.flatMap(({ name }) => {
    const own = trials.filter(trial => trial.agents.length === 1 && trial.agents[0] === name)
    const signs = signsOfLife(own, baseline) ?? []
    if (signs.length === 0) return []
    const named = signs
      .slice(0, MOST_SIGNS)
      .map(({ what, more }) => (more > 1 ? `${what} (${String(more)})` : what))
    const rest = signs.length - named.length
    return [`${name} in the application: ${list([...named, ...(rest > 0 ? [`${String(rest)} more`] : [])])}`]
  })
}

/** Agents that every trial carried. */
function kept(keep: readonly string[], trials: readonly TrialRecord[]): string[] {
  if (keep.length === 0) return []
  const names = keep.map(name => {
    const found = trials
      .filter(trial => trial.agents.length === 0)
      .flatMap(trial => trial.loadedAgents)
      .find(agent => agent.name === name)
    return found === undefined ? `${name} (was not found loaded)` : `${name} ${found.version}`
  })
  return [`started by the application itself, and on in every trial: ${list(names)}`]
}

/** What else than the main thread is in the figures. */
function alongside(trials: readonly TrialRecord[]): string[] {
  const parts = trials
    .flatMap(trial => trial.samples)
    .map(({ parts: all = [], unread = [] }) => {
      const names = new Set(unread.map(({ name }) => name))
      return all.filter(({ label }) => !names.has(label))
    })
  const most = (kind: 'thread' | 'process'): number =>
    Math.max(0, ...parts.map(all => all.filter(part => part.kind === kind).length))
  const [threads, processes] = [most('thread'), most('process')]
  const found = [
    ...(threads > 0 ? [plural(threads, 'worker thread')] : []),
    ...(processes > 0
      ? [`${formatNumber(processes)} child ${processes === 1 ? 'process' : 'processes'}`]
      : []),
  ]
  return found.length === 0
    ? []
    : [`beside the main thread, up to ${list(found)}: their heaps are in the figures`]
}

/** Who reports to a collector: the agents, or the one whose instrumentations they are. */
function reportersOf({ agents, carrier }: RunLine['options']): string[] {
  // Journals of earlier versions have no carrier.
  return carrier ? [carrier.name] : agents.map(({ name }) => name)
}

/** Settings of agents that make them hold less than they would in production. */
function flushLines({ agents, carrier }: RunLine['options']): string[] {
  return (carrier ? [carrier] : agents).flatMap(({ name, flush }) =>
    typeof flush === 'string' ? [`${name} was told to send sooner: ${flush}`] : [],
  )
}

function operationNoun(workload: RunLine['workload']): string {
  return workload.kind === 'idle' ? 'second' : 'operation'
}

/** One line, or none where the workload does not count answers. */
export function answersByStatus(trials: readonly TrialRecord[]): string[] {
  const byStatus = new Map<string, number>()
  for (const trial of trials) {
    for (const [status, count] of Object.entries(trial.counts?.byStatus ?? {})) {
      byStatus.set(status, (byStatus.get(status) ?? 0) + count)
    }
  }
  if (byStatus.size === 0) return []
  return [
    `answers by status: ${[...byStatus].map(([status, count]) => `${status}: ${formatNumber(count)}`).join(', ')}`,
  ]
}

/** Recorded requests that come after the last operation of the longest trial. */
function unsent({ recorded = 0 }: RunLine['workload'], trials: readonly TrialRecord[]): string[] {
  const sent = Math.max(
    0,
    ...trials.map(({ counts }) => (counts === null ? 0 : counts.performed + counts.failed)),
  )
  if (sent === 0 || sent >= recorded) return []
  return [
    `the last ${formatNumber(recorded - sent)} of the ${formatNumber(recorded)} recorded requests: no trial had more than ` +
      `${formatNumber(sent)} operations`,
  ]
}

function notExercised(
  { options, workload, conflict }: KnownConditions,
  trials: readonly TrialRecord[],
  sets: Judgement['sets'],
  backends: Conditions['backends'],
): string[] {
  const idle = workload.kind === 'idle'
  const last = formatNumber(options.operations)
  const largestCache = formatNumber(Math.floor(options.operations * LARGEST_CACHE_SHARE))
  const samples = trials.flatMap(trial => trial.samples)
  return [
    ...unreportedLines(reportersOf(options), backends, trials),
    idle
      ? 'anything that requests or calls do: nothing was asked of the application'
      : 'other requests, paths and payloads than those of the workload',
    ...unsent(workload, trials),
    ...(workload.kind === 'command'
      ? [
          'what is kept on connections as long as they are open: those of the load generator were closed before each reading; http() keeps its own open',
        ]
      : []),
    `growth that begins later than ${idle ? `${last} seconds` : `operation ${last}`} in the life of a process`,
    idle
      ? `memory that is held for longer than ${largestCache} seconds: until some is released it looks like a leak`
      : `caches of more than ${largestCache} entries: while they fill they look like a leak`,
    ...(idle
      ? []
      : ['growth that follows time, not operations (timers, periodic exports): an idle workload shows it']),
    ...(options.agents.length > 1 && conflict !== null
      ? [`agents together: ${conflict}, so that they cannot all be on`]
      : []),
    ...sets.notExercised,
    ...(options.retentionMs > 0
      ? [
          `memory that is held for longer than ${formatDuration(options.retentionMs)} and then released: it counts as a leak`,
        ]
      : []),
    ...(samples.some(({ unread = [] }) => unread.length > 0)
      ? ['memory of the threads and processes that could not be read: see the warnings']
      : []),
  ]
}
