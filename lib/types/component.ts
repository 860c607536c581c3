import type { Backend } from './backend.js'
import type { Evidence } from './evidence.js'
import type { Growth, Metric, Verdict } from './growth.js'

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

/** Trials that growth and verdict rest on: those of the last look, of all that were launched. */
export interface Judged {
  /** Of each of them. */
  readonly operations: number
  /** With the component; of the application without agents. */
  readonly trials: number
  /** Without it; 0 for the application, which is judged by itself. */
  readonly reference: number
}

/** An agent under one condition of its collector. */
export interface ConditionResult {
  readonly backend: Backend
  readonly verdict: Verdict
  /** Growth of the heap that it adds. */
  readonly growth: Growth
  readonly metrics: readonly MetricResult[]
  readonly startBytes: number | null
  readonly reason: string
  readonly trials: number
  /** Absent in reports of 0.1.0. */
  readonly judged?: Judged
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
  /** Applications that were launched with it, for the application itself without agents. */
  readonly trials: number
  /** Absent in reports of 0.1.0. */
  readonly judged?: Judged
  /**
   * An agent of a run with several `backends` under each of them, in their order: it leaks when it leaks under one, and is
   * clean when it is clean under all. Growth, metrics and start are those of the condition that decides: of those with the
   * component's verdict the one with the largest leak, otherwise with the largest upper bound.
   */
  readonly conditions?: readonly ConditionResult[]
}

export interface Culprit {
  readonly kind: 'agent' | 'interaction' | 'application'
  /** Names of the agents; empty for the application. */
  readonly agents: readonly string[]
  readonly metric: Metric
  readonly growth: Growth
  /** How the collector behaved when it grew like that. */
  readonly backend: Backend
  /** Every condition of the collector under which it leaks, in the order of the call. */
  readonly backends: readonly Backend[]
  /** Further metrics that grow with it. */
  readonly alsoGrows: readonly { readonly metric: Metric; readonly growth: Growth }[]
  /** How it was established, in words. */
  readonly reason: string
  /** Thread or process in which it grows, for example `the child process server-worker.cjs`; absent where there is only the main thread. */
  readonly where?: string
  /** What holds the memory; absent with `evidence: 'none'`, and where it could not be found out. */
  readonly evidence?: Evidence
}
