import type { Backend, SetPurpose, Verdict } from '../types/index.js'
import type { DecidedWarning } from './because.js'
import type { DecidedComponent, DecidedCulprit, SetNotes } from './decided.js'

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
