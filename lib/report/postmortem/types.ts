import type { BisectData } from '../../types/bisect.js'
import { measuredLaunches } from '../judged.js'
import { mean } from '../../decide/stats/effect.js'
import type { Culprit, Metric, ReportData, TrialRecord } from '../../types/index.js'

/** Options of {@link postmortem}. */
export interface PostmortemOptions {
  /** Operations a second in production, for what growth amounts to in time. Default 100, and the text says that it was assumed. */
  readonly operationsPerSecond?: number
  /**
   * Memory that the process may take, bytes, for example the limit of its container. Default: V8's heap limit in the trials, for
   * what grows in the heap.
   */
  readonly memoryLimitBytes?: number
  /**
   * What the process takes before it grows, bytes. Default: what the culprit's trials took before the first operation, the heap
   * against V8's limit, resident memory against a limit that was given.
   */
  readonly startingBytes?: number
  /** Files that belong to the incident. Default none. */
  readonly files?: readonly SupportingFile[]
  /** An answer of `bisectVersions()`: where the leak began, and where it was fixed. */
  readonly bisect?: BisectData
  /** Config that ran the experiment, for commands to copy. Default `leak.config.js`. */
  readonly config?: string
}

/** A file that belongs to an incident. */
export interface SupportingFile {
  /** As it is to be shown. */
  readonly path: string
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

/** What a process takes at first, and what it may take. */
export interface MemoryRoom {
  readonly startBytes: number
  /** In words. */
  readonly startName: string
  readonly limitBytes: number
  readonly limitName: string
}

/**
 * The room in which something grows. V8's limit holds the heap alone, and is counted from the heap at start; a limit that was
 * given is one of the process, and is counted from its resident memory where that is known.
 * @returns `null` where the limit does not concern the metric, or nothing is known of the start
 */
export function memoryRoom(
  data: ReportData,
  culprit: Pick<Culprit, 'agents' | 'metric'>,
  { memoryLimitBytes, startingBytes }: PostmortemOptions,
): MemoryRoom | null {
  const own = trialsOf(culprit.agents, data)
  const given = memoryLimitBytes !== undefined
  if (!given && culprit.metric !== 'heap') return null
  const limits = own.map(({ heapLimitBytes }) => heapLimitBytes).filter(limit => limit > 0)
  const limitBytes = memoryLimitBytes ?? (limits.length === 0 ? undefined : Math.min(...limits))
  if (limitBytes === undefined) return null
  const limitName = given ? 'the memory limit' : "V8's heap limit"
  if (startingBytes !== undefined) {
    return { startBytes: startingBytes, startName: 'which was given', limitBytes, limitName }
  }
  const metrics: readonly Metric[] = given ? ['rss', 'heap'] : ['heap']
  for (const metric of metrics) {
    const starts = own.flatMap(trial => startOf(trial, metric) ?? [])
    if (starts.length === 0) continue
    const what = metric === 'rss' ? 'resident memory' : 'heap'
    return {
      startBytes: mean(starts),
      startName: `the ${what} of its trials before the first operation`,
      limitBytes,
      limitName,
    }
  }
  return null
}

/** Trials with exactly these agents on, or else with them and others. */
function trialsOf(agents: readonly string[], { trials }: ReportData): readonly TrialRecord[] {
  const measured = measuredLaunches(trials)
  const holding = measured.filter(trial => agents.every(name => trial.agents.includes(name)))
  const exact = holding.filter(trial => trial.agents.length === agents.length)
  return exact.length > 0 ? exact : holding
}

function startOf({ samples }: TrialRecord, metric: Metric): number | null {
  return samples.find(({ kind }) => kind === 'grid')?.values[metric] ?? null
}
