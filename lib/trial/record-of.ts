import type {
  CollectorRecord,
  Sample,
  TrialOutcome,
  TrialRecord,
  UnreadPart,
  RunWarning,
  WarningCode,
} from '../types/index.js'
import { drivenServer } from './driven-server.js'
import type { TrialSpec } from './types.js'
import type { Progress } from './progress.js'
import { basename } from 'node:path'
import { refusalText } from './first-answers.js'

/** The record of a trial that ended as `outcome` says. */
export function recordOf(
  spec: TrialSpec,
  progress: Progress,
  outcome: TrialOutcome,
  continues: number | null = null,
): TrialRecord {
  return {
    id: spec.id,
    agents: spec.agents,
    backend: spec.backend,
    purpose: spec.purpose,
    operations: spec.operations,
    ...(continues === null ? {} : { continues }),
    outcome,
    // A continuation goes on with the same list.
    samples: [...progress.samples],
    counts: progress.driver?.counts() ?? null,
    ...(progress.reachable === null ? {} : { driven: drivenServer(progress.reachable, spec.launch) }),
    ...(spec.launch.collectors.length === 0 ? {} : { collectors: progress.collectors?.records() ?? [] }),
    loadedAgents: (progress.loaded?.agents ?? []).map(({ name, version, path }) => ({ name, version, path })),
    ...(progress.packages === null ? {} : { packages: progress.packages }),
    ...(progress.signs === null ? {} : { signs: progress.signs }),
    nodeVersion: progress.loaded?.nodeVersion ?? '',
    ...(progress.loaded === null ? {} : { bufferPoolBytes: progress.loaded.bufferPoolBytes }),
    heapLimitBytes: progress.heapLimitBytes,
    holdMs: progress.holdMs ?? 0,
    ...(progress.heldBytes === 0 ? {} : { heldBytes: progress.heldBytes }),
    warnings: trialWarnings(spec, progress),
    timings: {
      readyMs: Math.round(progress.readyMs),
      loadMs: Math.round(progress.loadMs),
      settleMs: Math.round(progress.settleMs),
      totalMs: Math.round(performance.now() - progress.launchedAtMs),
    },
  }
}

/** Beyond this share of its limit, the heap is collected so often that growth no longer means what it says. */
const NEAR_LIMIT_SHARE = 0.85
const CLOCK_JUMP_MS = 2_000
/** Further processes and threads are only counted. */
const MOST_NAMES = 5

/** What happened in one trial that may take its verdict away. */
export function trialWarnings(spec: TrialSpec, progress: Progress): RunWarning[] {
  const warnings: RunWarning[] = []
  const warn = (code: WarningCode, message: string, downgrades: boolean): void => {
    warnings.push({ code, message, downgrades, agents: spec.agents, trial: spec.id })
  }

  for (const sentence of inertAgents(spec, progress.collectors?.records() ?? [])) {
    warn('AGENT_INERT', `${sentence}: nothing shows that it was exercised`, true)
  }
  if (progress.isWithoutAgents) {
    const where = progress.reachable?.server.script ?? ''
    const message = `${spec.agents.join(' and ')} was not loaded in the process that answered (${basename(where)}), which the application started`
    warn('AGENT_INERT', `${message}: nothing shows that it was exercised`, true)
  }
  for (const [message, isWrong] of serverSentences(spec, progress)) warn('OTHER_SERVERS', message, isWrong)
  const errors = progress.errors()
  if (errors !== null) {
    const who =
      spec.agents.length === 0 ? 'the application' : `the application with ${spec.agents.join(' + ')}`
    const message = `${who} printed an error again and again, ${String(errors.times)} times in trial ${String(spec.id)}: ${errors.line}`
    warn('ERRORS_PRINTED', message, false)
  }
  const counts = progress.driver?.counts() ?? null
  if (counts !== null && counts.failed > 0) {
    const total = counts.performed + counts.failed
    const message = `${String(counts.failed)} of ${String(total)} requests failed, fewer than maxFailureRate allows`
    warn('LOAD_INCOMPLETE', message, false)
  }
  const refusal = progress.driver?.refusal() ?? null
  if (refusal !== null) warn('ANSWERS_REFUSED', refusalText(refusal), true)
  const isStill = (name: string): boolean => standsStill(name, progress.samples, spec)
  const processes = unreadText(progress.samples, 'process', name => !isStill(name))
  if (processes !== null) {
    const message = `the memory of processes that the application started could not be read: ${processes}`
    warn('CHILD_PROCESSES_UNMEASURED', message, true)
  }
  const idle = unreadText(progress.samples, 'process', isStill)
  if (idle !== null) {
    const message = `processes that the application started were judged by their resident memory, which did not grow: ${idle}`
    warn('CHILD_PROCESSES_UNMEASURED', message, false)
  }
  const threads = unreadText(progress.samples, 'thread')
  if (threads !== null) {
    const message = `the heaps of worker threads that did not answer could not be read: ${threads}`
    warn('WORKER_THREADS_UNMEASURED', message, true)
  }
  const share = Math.max(0, ...progress.samples.map(sample => limitShare(sample, progress.heapLimitBytes)))
  if (share > NEAR_LIMIT_SHARE) {
    warn('NEAR_HEAP_LIMIT', `the heap reached ${String(Math.round(100 * share))}% of V8's limit`, true)
  }
  if (progress.clockJumpMs > CLOCK_JUMP_MS) {
    const seconds = (progress.clockJumpMs / 1000).toFixed(1)
    warn('CLOCK_JUMP', `the clock jumped by ${seconds} s: the machine slept or its time was set`, true)
  }
  return warnings
}

/** What is to be said of the servers that were not driven, and whether the wrong one may have been. */
function serverSentences(
  spec: TrialSpec,
  { reachable, missed }: Progress,
): readonly (readonly [string, boolean])[] {
  if (reachable === null || spec.launch.port !== null) return []
  const { openedBy, others } = drivenServer(reachable, spec.launch)
  const name = openedBy ?? 'the application'
  if (missed !== null) {
    const later = missed.openedBy ?? missed.url
    return [
      [
        `requests went to the server that ${name} opened, before ${later} opened another, which was asked nothing: say which one is ` +
          'meant (entry.port), or when it is there (entry.ready)',
        true,
      ],
    ]
  }
  if (others.length === 0) return []
  return [
    [
      `requests went to the server that ${name} opened; those of ${others.join(', ')} were asked nothing: if one of them is meant, ` +
        'give its port (entry.port)',
      false,
    ],
  ]
}

/** How full the fullest heap was. */
function limitShare({ values, parts }: Sample, heapLimitBytes: number): number {
  const heaps = parts ?? [{ values, heapLimitBytes }]
  return Math.max(
    ...heaps.map(({ values: { heap }, heapLimitBytes: limit }) => (limit > 0 ? (heap ?? 0) / limit : 0)),
  )
}

/**
 * Whether the resident memory of the processes of a name, which are not Node, grew by nothing that matters since the first quarter: a
 * compiler or a shell that helped at the start and waits.
 */
function standsStill(name: string, samples: readonly Sample[], { settle }: TrialSpec): boolean {
  const sizes = samples.slice(1).map(({ unread = [] }) => {
    const own = unread.filter(part => part.name === name)
    return own.length > 0 && own.every(({ rssBytes }) => rssBytes !== undefined)
      ? own.reduce((sum, { rssBytes = 0 }) => sum + rssBytes, 0)
      : NaN
  })
  const [first, ...later] = sizes
  if (first === undefined || later.length < 2) return false
  return later.every(size => size - first <= settle.toleranceBytes)
}

/** What could not be read and how many of each at most, or `null`. */
function unreadText(
  samples: readonly Sample[],
  kind: UnreadPart['kind'],
  isMeant: (name: string) => boolean = () => true,
): string | null {
  const most = new Map<string, number>()
  for (const { unread = [] } of samples) {
    const names = unread.filter(part => part.kind === kind && isMeant(part.name)).map(({ name }) => name)
    for (const name of names) {
      most.set(name, Math.max(most.get(name) ?? 0, names.filter(other => other === name).length))
    }
  }
  if (most.size === 0) return null
  const texts = [...most].map(([name, count]) => (count === 1 ? name : `${String(count)} of ${name}`))
  const more = texts.length - MOST_NAMES
  return [...texts.slice(0, MOST_NAMES), ...(more > 0 ? [`${String(more)} more`] : [])].join(', ')
}

/**
 * The agents that did not do what they are there for, each with a sentence: nothing that they hold, or do not, says what
 * they would hold when they work. A collector that refuses hears nothing and tells nothing; one that does not answer
 * hears at least that somebody calls.
 */
function inertAgents(
  spec: Pick<TrialSpec, 'launch' | 'backend' | 'workload' | 'operations'>,
  records: readonly CollectorRecord[],
): string[] {
  if (spec.backend === 'down') return []
  return spec.launch.collectors.flatMap(({ agent, elsewhere, proof }, index) => {
    const record = records[index]
    if (elsewhere || proof === null || record === undefined) return []
    const { beforeLoad, atEnd } = record
    if (atEnd.requests === 0) return [`${agent} sent nothing to its collector, not even to get started`]
    if (spec.backend !== 'up' || spec.workload.kind !== 'http') return []
    const operations = `the ${String(spec.operations)} requests`
    if (proof.entries)
      return atEnd.items.entries > 0 ? [] : [`${agent} reported none of ${operations} to its collector`]
    return atEnd.requests > beforeLoad.requests
      ? []
      : [`${agent} sent nothing to its collector during ${operations}`]
  })
}
