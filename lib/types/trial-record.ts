import type { Backend, CollectorRecord } from './backend.js'
import type { Sample } from './sample.js'

/** How a trial ended. Everything but `completed` is kept and reported, never read as clean. */
export type TrialOutcome =
  | { readonly kind: 'completed' }
  | {
      /** Ended by itself with a failure after it was ready. */
      readonly kind: 'crashed'
      readonly exitCode: number | null
      readonly signal: string | null
      readonly message: string
    }
  | { readonly kind: 'exited'; readonly exitCode: 0; readonly message: string }
  | { readonly kind: 'out-of-memory'; readonly message: string }
  /** A set of agents whose members may start well by themselves: it crashed or ended early, or never got ready. */
  | { readonly kind: 'not-started'; readonly message: string }
  | { readonly kind: 'hung'; readonly limit: 'trialTimeoutMs' | 'collectTimeoutMs'; readonly message: string }

/** Codes of {@link RunWarning}. A warning may take a verdict from clean or leak to inconclusive, never the other way. */
export type WarningCode =
  | 'UNSETTLED'
  | 'LOAD_INCOMPLETE'
  | 'AGENT_ENGINE'
  | 'AGENT_INERT'
  | 'ANSWERS_REFUSED'
  | 'NEAR_HEAP_LIMIT'
  | 'CLOCK_JUMP'
  | 'TRIAL_FAILED'
  | 'TRIAL_APART'
  | 'GROWS_UNDER_LOAD'
  | 'CHILD_PROCESSES_UNMEASURED'
  | 'WORKER_THREADS_UNMEASURED'
  | 'OTHER_SERVERS'
  | 'RSS_GROWTH'
  | 'ENVIRONMENT_DROPPED'
  | 'PACKAGE_CACHED'
  | 'NOISY'
  | 'FEW_OPERATIONS'
  | 'EVIDENCE_UNAVAILABLE'
  | 'TOGETHER_UNSETTLED'
  | 'TOGETHER_GROWS'
  | 'LEAK_SUPPRESSED'
  | 'SHARDS_DIFFER'
  | 'NOTIFY_FAILED'
  | 'HISTORY_FAILED'
  | 'ERRORS_PRINTED'

export interface RunWarning {
  readonly code: WarningCode
  /** A sentence for people. */
  readonly message: string
  /** Whether it keeps the components it concerns from being called clean. */
  readonly downgrades: boolean
  /** Agents of the variant it concerns; absent: the whole run. An empty list is the baseline. */
  readonly agents?: readonly string[]
  /** The condition it concerns, where there are several. */
  readonly backend?: Backend
  readonly trial?: number
}

/** Answers of the application to the workload, where the workload counts them. */
export interface WorkloadCounts {
  readonly performed: number
  readonly failed: number
  /** Answers by HTTP status; `aborted` for requests that the client gave up, as was asked for; `error` and `timeout` for others without an answer. */
  readonly byStatus: Readonly<Record<string, number>>
}

/** A server of the application that requests went to. */
export interface DrivenServer {
  readonly url: string
  /** File that opened it, from the application's working folder; `null`: not known. */
  readonly openedBy: string | null
  /** Script of the process that listens, where the application started one for it; `null`: the launched process. */
  readonly process: string | null
  /** What opened the other servers of the application, which were asked nothing. */
  readonly others: readonly string[]
}

/** One launch of one variant. */
export interface TrialRecord {
  /** Running number in order of planning, from 1. */
  readonly id: number
  /** Which of the machines that shared the experiment made it, from 1; absent: there was one. */
  readonly shard?: number
  /** Agents switched on, in the order of the call; empty for the baseline. */
  readonly agents: readonly string[]
  /** How the agents' collector behaved. The baseline serves all conditions and carries the first backend of the call. */
  readonly backend: Backend
  /**
   * `measure` yields growth; `retention` checks, before an accusation, that idle time does not release what grew; `evidence` looks, after
   * one, at what holds it, and counts for nothing else.
   */
  readonly purpose: 'measure' | 'retention' | 'evidence'
  /** Operations of the whole series (retention trials perform an eighth more after the wait). */
  readonly operations: number
  /** The trial whose process this one went on with, and whose samples are its first; absent: it had a launch of its own. */
  readonly continues?: number
  readonly outcome: TrialOutcome
  readonly samples: readonly Sample[]
  readonly counts: WorkloadCounts | null
  /** The server that the workload was driven at; absent: it needs none. */
  readonly driven?: DrivenServer
  /** Packages of known agents that were found loaded, with version and path. */
  readonly loadedAgents: readonly { readonly name: string; readonly version: string; readonly path: string }[]
  /**
   * What the application has that agents may have brought, and how many of each: functions of Node that were replaced, globals, listeners
   * of `process`, timers and the like, before the first operation and, but for timers, after the last. What the trials of the application
   * alone have as well is not the agents'. Absent: not known.
   */
  readonly signs?: Readonly<Record<string, number>>
  /** What the agents reported; absent: there was no collector. */
  readonly collectors?: readonly CollectorRecord[]
  /** Names of all packages of which the CommonJS loader had loaded files by the end, where that was asked for. */
  readonly packages?: readonly string[]
  readonly nodeVersion: string
  /** What small Buffers share, bytes (`Buffer.poolSize`): 8 KiB, from Node 24.21 and 26.10 on 64 KiB. Absent: not known. */
  readonly bufferPoolBytes?: number
  readonly heapLimitBytes: number
  /**
   * How long readings waited for what is flushed at an interval, ms; 0 where nothing was seen to be. Of a trial that waited for less than
   * another of its arm found necessary each reading may be off by what that one saw released, and counts for less.
   */
  readonly holdMs: number
  /** What this trial saw released while it watched for what is flushed, bytes; absent where nothing was, and where another had watched. */
  readonly heldBytes?: number
  readonly warnings: readonly RunWarning[]
  readonly timings: TrialTimings
}

/** Durations in ms. */
export interface TrialTimings {
  readonly readyMs: number
  readonly loadMs: number
  readonly settleMs: number
  readonly totalMs: number
}
