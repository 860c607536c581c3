import type {
  Backend,
  Component,
  BackendResult,
  Culprit,
  Judged,
  MetricResult,
  SetPurpose,
  Verdict,
} from '../types/index.js'
import type { Because, DecidedWarning, MetricBecause, Place } from './because.js'

/** Trials that an arm must have before it can be looked at again. */
export interface Need {
  readonly purpose: 'measure' | 'retention'
  readonly operations: number
  /** Completed trials of that purpose and size wanted in all. */
  readonly trials: number
}

/** How far an arm is. */
export interface ArmState {
  /** Agents switched on, in the order of the call; empty for the baseline. */
  readonly agents: readonly string[]
  /** Condition of the collector; the first for the baseline. */
  readonly backend: Backend
  readonly why: SetPurpose
  /**
   * - `open`: more trials are wanted
   * - `filling`: growth that slows down, twice the operations will tell
   * - `late`: growth that began late or stands near the threshold, twice the operations will tell
   * - `accusable`: growth is shown, a retention trial is wanted
   * - `decided`: no more trials are wanted for its own sake
   */
  readonly status: 'open' | 'filling' | 'late' | 'accusable' | 'decided'
  /** What it needs, for its own sake or as the reference of another arm. */
  readonly needs: readonly Need[]
}

/** What follows from the trials so far. */
export interface Decision {
  readonly verdict: Verdict
  /** The application first, then the agents in the order of the call. */
  readonly components: readonly DecidedComponent[]
  readonly culprits: readonly DecidedCulprit[]
  /** Warnings of the trials and those that the decision itself gives rise to. */
  readonly warnings: readonly DecidedWarning[]
  readonly arms: readonly ArmState[]
  readonly sets: SetNotes
  /** Whether nothing is left to run. */
  readonly done: boolean
}

/** What was exercised of sets of agents, and what was not. */
export type SetNote = { readonly backends?: readonly Backend[] } & (
  | { readonly code: 'each-alone' | 'all-together' | 'never-together' }
  | { readonly code: 'not-alone'; readonly some: boolean }
  | { readonly code: 'other-shards'; readonly index: number; readonly count: number }
)

/** What was exercised of sets of agents, and what was not. */
export interface SetNotes {
  readonly exercised: readonly SetNote[]
  readonly notExercised: readonly SetNote[]
}

/** The results of a decision: as they are reported, with reasons as codes and numbers. */
export interface DecidedMetric extends Omit<MetricResult, 'reason' | 'where'> {
  readonly because: MetricBecause
  readonly where?: Place
}
export interface DecidedCondition extends Omit<BackendResult, 'reason' | 'metrics'> {
  readonly metrics: readonly DecidedMetric[]
  readonly because: readonly Because[]
  readonly judged: Judged
}
export interface DecidedComponent extends Omit<Component, 'reason' | 'metrics' | 'conditions'> {
  readonly metrics: readonly DecidedMetric[]
  readonly because: readonly Because[]
  readonly judged: Judged
  readonly conditions?: readonly DecidedCondition[]
}
export interface DecidedCulprit extends Omit<Culprit, 'reason' | 'where' | 'evidence'> {
  readonly because: readonly Because[]
  readonly where?: Place
}
