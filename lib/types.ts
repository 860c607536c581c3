/** A component's or the whole experiment's answer. An experiment that went wrong throws instead. */
export type Verdict = 'leak' | 'clean' | 'inconclusive'

/**
 * What is measured, each with a threshold of its own.
 *
 * - `heap`: V8 heap after collection, without code space, bytes
 * - `arrayBuffers`, `external` (without array buffers), `code` (V8 code space), `rss`: bytes
 * - `handles` (active resources), `listeners` (of `process`), `fds`, `threads`, `contexts` (native contexts): counts
 */
export type Metric =
  | 'heap'
  | 'arrayBuffers'
  | 'external'
  | 'code'
  | 'rss'
  | 'handles'
  | 'listeners'
  | 'fds'
  | 'threads'
  | 'contexts'

/**
 * An amount per operation with its two-sided interval at `1 - errorRate`. Where too few trials ran to give one, `low` and
 * `high` are infinite (`null` in JSON).
 */
export interface Growth {
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly unit: 'bytes/operation' | 'count/operation' | 'bytes/second' | 'count/second'
}

/** A settled reading of every metric at one point of a trial. */
export interface Sample {
  /** Operations performed before it. */
  readonly operations: number
  /** Since the launch, ms. */
  readonly elapsedMs: number
  /** `grid`: one of the readings that growth is computed from; `retained`: after the idle wait of a retention trial. */
  readonly kind: 'grid' | 'retained'
  /** Whether consecutive readings agreed within the tolerance before the wait was over. */
  readonly settled: boolean
  /** Largest minus smallest of the last readings, bytes of heap. */
  readonly spreadBytes: number
  /** The same of array buffers or external memory, whichever is larger. */
  readonly externalSpreadBytes: number
  /** How many readings it took. */
  readonly readings: number
  /** Value by metric; `null` where the platform does not tell. */
  readonly values: Readonly<Record<Metric, number | null>>
  /** Active resources by type. */
  readonly resources: Readonly<Record<string, number>>
  /** Processes that the application started, and its worker threads. Their memory is part of `values`, unless `unread` names them. */
  readonly children: number | null
  readonly workers: number | null
  /** What `values` are the sums of; absent when that is the main thread alone. */
  readonly parts?: readonly PartSample[]
  /** Processes and threads whose memory could not be read; absent when there are none. */
  readonly unread?: readonly UnreadPart[]
}

/** One heap of the application: of its main thread, of a worker thread, or of the main thread of a Node process that it started. */
export interface PartSample {
  readonly kind: 'main' | 'thread' | 'process'
  /** The same in every trial: kind, script and a number among equals, for example `child process server-worker.cjs #2`. */
  readonly label: string
  /** By metric; those of a whole process (`fds`, `threads`, `rss`) are missing for worker threads. */
  readonly values: Readonly<Partial<Record<Metric, number>>>
  readonly heapLimitBytes: number
}

/** A process or thread of the application that could not be read. */
export interface UnreadPart {
  readonly kind: 'thread' | 'process'
  /** Label of a part, or the name of a command. */
  readonly name: string
}

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

/** Codes of {@link Warning}. A warning may take a verdict from clean or leak to inconclusive, never the other way. */
export type WarningCode =
  | 'UNSETTLED'
  | 'LOAD_INCOMPLETE'
  | 'AGENT_NOT_LOADED'
  | 'AGENT_ENGINE'
  | 'AGENT_INERT'
  | 'NEAR_HEAP_LIMIT'
  | 'CLOCK_JUMP'
  | 'TRIAL_FAILED'
  | 'CHILD_PROCESSES_UNMEASURED'
  | 'WORKER_THREADS_UNMEASURED'
  | 'RSS_GROWTH'
  | 'ENVIRONMENT_DROPPED'
  | 'NOISY'
  | 'FEW_OPERATIONS'
  | 'EVIDENCE_UNAVAILABLE'
  | 'TOGETHER_UNSETTLED'
  | 'TOGETHER_GROWS'
  | 'LEAK_SUPPRESSED'

export interface Warning {
  readonly code: WarningCode
  /** A sentence for people. */
  readonly message: string
  /** Whether it keeps the components it concerns from being called clean. */
  readonly downgrades: boolean
  /** Agents of the variant it concerns; absent: the whole run. An empty list is the baseline. */
  readonly agents?: readonly string[]
  readonly trial?: number
}

/** Answers of the application to the workload, where the workload counts them. */
export interface WorkloadCounts {
  readonly performed: number
  readonly failed: number
  /** Answers by HTTP status; `error` and `timeout` for requests without an answer. */
  readonly byStatus: Readonly<Record<string, number>>
}

/** One launch of one variant. */
export interface TrialRecord {
  /** Running number in order of planning, from 1. */
  readonly id: number
  /** Agents switched on, in the order of the call; empty for the baseline. */
  readonly agents: readonly string[]
  /** `measure` yields growth; `retention` checks, before an accusation, that idle time does not release what grew. */
  readonly purpose: 'measure' | 'retention'
  /** Operations of the whole series (retention trials perform an eighth more after the wait). */
  readonly operations: number
  /** The measuring trial whose process a retention trial went on with; absent: it had a launch of its own. */
  readonly continues?: number
  readonly outcome: TrialOutcome
  readonly samples: readonly Sample[]
  readonly counts: WorkloadCounts | null
  /** Packages of known agents that were found loaded, with version and path. */
  readonly loadedAgents: readonly { readonly name: string; readonly version: string; readonly path: string }[]
  readonly nodeVersion: string
  readonly heapLimitBytes: number
  /**
   * How long readings waited for what is flushed at an interval, ms; 0 where nothing was seen to be. Trials of an arm that
   * waited for less than another of its trials found necessary are not counted.
   */
  readonly holdMs: number
  readonly warnings: readonly Warning[]
  readonly timings: TrialTimings
}

/** Durations in ms. */
export interface TrialTimings {
  readonly readyMs: number
  readonly loadMs: number
  readonly settleMs: number
  readonly totalMs: number
}

/** Growth of one metric in one component, and what follows from it. */
export interface MetricResult {
  readonly metric: Metric
  readonly verdict: Verdict
  /** What the component adds to the baseline per operation, late in the trial (for the application: its own growth). */
  readonly growth: Growth
  /** Growth that counts as a leak, same unit. */
  readonly threshold: number
  /** Why, in words. */
  readonly reason: string
  /** Thread or process in which it grows, where it leaks and has more than its main thread. */
  readonly where?: string
}

/** One agent, or the application itself. */
export interface Component {
  /** Agent's name, or `application`. */
  readonly name: string
  readonly kind: 'agent' | 'application'
  readonly verdict: Verdict
  /** Growth of the heap that it adds. */
  readonly growth: Growth
  /** Growth of the heap of the application alone. */
  readonly baseline: Growth
  readonly metrics: readonly MetricResult[]
  /** Difference of settled heap to the baseline before the first operation, bytes: what having the agent costs once. */
  readonly startBytes: number | null
  /** Why the verdict is what it is; for `inconclusive`, what would settle it. */
  readonly reason: string
  readonly trials: number
}

export interface Culprit {
  readonly kind: 'agent' | 'interaction' | 'application'
  /** Names of the agents; empty for the application. */
  readonly agents: readonly string[]
  readonly metric: Metric
  readonly growth: Growth
  readonly backend: 'up'
  /** Further metrics that grow with it. */
  readonly alsoGrows: readonly { readonly metric: Metric; readonly growth: Growth }[]
  /** How it was established, in words. */
  readonly reason: string
  /** Thread or process in which it grows, for example `the child process server-worker.cjs`; absent where there is only the main thread. */
  readonly where?: string
}

/** What was exercised in this run, and what was not. */
export interface Conditions {
  readonly workload: string
  readonly backends: readonly 'up'[]
  readonly operations: number
  readonly exercised: readonly string[]
  readonly notExercised: readonly string[]
}

/** The options after defaults, without secrets. */
export interface ReportedOptions {
  readonly entry: {
    readonly file: string
    readonly args: readonly string[]
    readonly nodeArgs: readonly string[]
    readonly nodePath: string
    readonly cwd: string
    /** Names of the variables set for the application; values are not kept. */
    readonly env: readonly string[]
  }
  readonly agents: readonly {
    readonly name: string
    readonly require: readonly string[]
    readonly import: readonly string[]
    readonly nodeArgs: readonly string[]
    readonly command: readonly string[]
    /** Names of the variables set or unset. */
    readonly env: readonly string[]
    readonly requires: readonly string[]
    /** Version of the agent's package, where it has one. */
    readonly version: string | null
  }[]
  readonly effort: 'quick' | 'standard' | 'thorough'
  readonly operations: number
  /** Bytes per operation. */
  readonly threshold: number
  readonly errorRate: number
  readonly strategy: 'each' | 'halving'
  readonly concurrency: number
  readonly retentionMs: number
  readonly seed: number
}

/** Where it ran. */
export interface RunEnvironment {
  readonly isolateLeak: string
  /** Node that ran the application. */
  readonly node: string
  readonly v8: string
  readonly platform: string
  readonly arch: string
  readonly release: string
  readonly cpus: number
  readonly memoryBytes: number
}

/** Plain data, as written to a file; {@link IsolationReport} adds methods. */
export interface ReportData {
  readonly schemaVersion: 1
  readonly verdict: Verdict
  readonly culprits: readonly Culprit[]
  readonly components: readonly Component[]
  readonly trials: readonly TrialRecord[]
  readonly conditions: Conditions
  readonly options: ReportedOptions
  readonly environment: RunEnvironment
  readonly warnings: readonly Warning[]
  readonly timings: { readonly startedAt: string; readonly totalMs: number }
}

/** The answer of {@link isolateLeak}. `JSON.stringify` gives {@link ReportData}. */
export interface IsolationReport extends ReportData {
  /** A readable account, as printed on a terminal. */
  toString(): string
  /**
   * Passes when the verdict is `clean`.
   * @throws LeakError with the account as its message, for `leak` and for `inconclusive`
   */
  assertClean(): void
}

/** Progress, in order. */
export type RunEvent =
  | {
      readonly type: 'plan'
      readonly trials: readonly PlannedTrialInfo[]
      /** How long these trials will take; `null` before any ran. */
      readonly expectedMs: number | null
      /** The sets that these trials launch, and why. */
      readonly sets: readonly { readonly agents: readonly string[]; readonly why: SetPurpose }[]
      readonly forecast: Forecast
    }
  | { readonly type: 'trial-start'; readonly trial: PlannedTrialInfo }
  | { readonly type: 'trial-ready'; readonly trial: PlannedTrialInfo; readonly url: string | null }
  | { readonly type: 'trial-sample'; readonly trial: PlannedTrialInfo; readonly sample: Sample }
  | { readonly type: 'trial-end'; readonly trial: PlannedTrialInfo; readonly record: TrialRecord }
  | {
      readonly type: 'verdict'
      readonly component: string
      readonly verdict: Verdict
      readonly reason: string
    }
  | { readonly type: 'warning'; readonly warning: Warning }

/**
 * Why a set of agents is launched: as what others are compared with, to judge one agent alone, to judge all together, to find
 * whom growth comes from, to confirm what was found, to find the smallest set that leaks.
 */
export type SetPurpose = 'baseline' | 'alone' | 'together' | 'search' | 'confirm' | 'minimise'

/** How many trials a whole run is expected to take, idle checks included. */
export interface Forecast {
  /** When nothing leaks and the first look at everything tells. */
  readonly clean: number
  /** When one agent leaks; `null` when there is none. */
  readonly oneLeak: number | null
}

export interface PlannedTrialInfo {
  readonly id: number
  readonly agents: readonly string[]
  readonly purpose: 'measure' | 'retention'
  readonly operations: number
}
