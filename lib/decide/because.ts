import type { Backend, Growth, Metric, Verdict, RunWarning } from '../types/index.js'
import type { Loads } from '../types/decision-settings.js'
import type { FailedTrial, FailureBecause } from './failure-because.js'
import type { ArmKey, Subject } from './growth/arms.js'
import type { LookStatus } from './rule/byte-rule.js'
import type { NextLook } from './rule/replay.js'

/** What another run would need in order to decide a metric. */
export type Settles =
  /** Longer trials; `forgives`: they tell it from a cache of up to so many entries (or so many seconds); `step`: from a single step. */
  | {
      readonly code: 'longer'
      readonly operations: number
      readonly forgives: number | null
      readonly step: boolean
    }
  /** Longer trials, or a threshold above so many bytes. */
  | { readonly code: 'longer-or-threshold'; readonly operations: number; readonly above: number }
  /** No length within reason: a threshold below (where that is possible) or above so many bytes. */
  | { readonly code: 'threshold'; readonly below: number | null; readonly above: number }

/** What follows from how a metric grows. */
export type MetricWhy =
  | { readonly code: 'released'; readonly waitMs: number; readonly keptGrowth: number }
  | {
      readonly code: 'partly-released'
      readonly waitMs: number
      readonly keptShare: number
      /** Of the trials that it was seen in. */
      readonly operations: number
    }
  /** Timers are not due that the operations started. */
  | {
      readonly code: 'not-due'
      readonly waitMs: number
      readonly count: number
      readonly longestMs: number
    }
  | {
      readonly code: 'leak'
      /** Idle time that did not release it; `null`: it was not checked. */
      readonly waitMs: number | null
      readonly operations: number
      readonly where: Place | null
      /** The type of active resource that grows most. */
      readonly resource: string | null
      /** Where array buffers grow: what small Buffers share, bytes; `null`: not known, or something else grows. */
      readonly poolBytes: number | null
    }
  | { readonly code: 'unchecked' }
  | { readonly code: 'few' }
  | { readonly code: 'ruled-out'; readonly most: number; readonly inPieces: boolean }
  | { readonly code: 'early'; readonly trials: number; readonly next: NextLook }
  | {
      readonly code: 'undecided'
      readonly status: LookStatus
      readonly trials: number
      readonly settles: Settles
    }

/** Why a metric has its verdict: how it grows, and what follows. */
export type MetricBecause = MetricWhy & {
  readonly about: 'metric'
  readonly subject: Pick<Subject, 'kind' | 'name' | 'reference'>
  readonly metric: Metric
  /** As the looks showed it; unbounded where too little is known of it. */
  readonly growth: Growth
  /** Growth that counts as a leak, or that one piece makes, same unit. */
  readonly threshold: number
}

/** The thread or process that grows: one, several of a kind, or ever more of them. */
export type Place =
  | { readonly code: 'one'; readonly label: string }
  | { readonly code: 'several'; readonly label: string; readonly count: number }
  | { readonly code: 'more-and-more'; readonly label: string; readonly from: number; readonly to: number }

/** One reason of several, in their order. */
export type Because =
  | MetricBecause
  | FailureBecause
  /** Nothing else that was measured grows. */
  | { readonly about: 'others'; readonly code: 'none-grows' }
  /** Heap that came in one part of every trial, between two numbers of operations, and stayed. */
  | {
      readonly about: 'once'
      readonly code: 'taken'
      readonly arm: ArmKey
      readonly bytes: number
      readonly from: number
      readonly to: number
    }
  /** Array buffers that an agent is known to keep while its collector does not answer, within its bound. */
  | {
      readonly about: 'held'
      readonly code: 'within'
      readonly arm: ArmKey
      readonly backend: Backend
      readonly bytes: number
      readonly boundBytes: number
    }
  | {
      readonly about: 'trials'
      readonly code: 'none-completed'
      readonly arm: ArmKey
      readonly reference: ArmKey | null
    }
  /** What warnings took away. */
  | {
      readonly about: 'warnings'
      readonly code: 'verdict-lost'
      readonly verdict: Verdict
      readonly warnings: readonly DecidedWarning[]
    }
  | { readonly about: 'set'; readonly code: 'on-together'; readonly others: readonly string[] }
  | { readonly about: 'set'; readonly code: 'which-is-open' }
  | {
      readonly about: 'company'
      /** It leaks more together with others, or only so. */
      readonly code: 'leaks-more' | 'leaks-together'
      readonly others: readonly string[]
    }
  | { readonly about: 'company'; readonly code: 'none-alone' }
  | { readonly about: 'company'; readonly code: 'on-top'; readonly beside: readonly string[] }
  | {
      readonly about: 'budget'
      readonly code: 'spent'
      readonly budgetMs: number
      /** How long the run had been under way when it ended; `null`: not known. */
      readonly spentMs: number | null
    }
  | {
      readonly about: 'conditions'
      readonly code: 'differ'
      readonly conditions: readonly { readonly backend: Backend; readonly verdict: Verdict }[]
    }
  | {
      readonly about: 'conditions'
      readonly code: 'all-leak' | 'all-clean' | 'none-settled' | 'set-leaks'
      readonly backends: readonly Backend[]
      /** The one whose figures stand for all. */
      readonly deciding: Backend
    }
  /** What follows is of one condition. */
  | {
      readonly about: 'conditions'
      readonly code: 'under'
      readonly backend: Backend
      readonly because: readonly Because[]
    }

/** Why a set of agents is not settled. */
export type SetOpen = 'together' | 'which-is-open' | 'whether-it-is-a-leak' | 'run-ended'

/** What was noticed about trials and sets, and what trials brought along. */
export type WarningBecause =
  | { readonly code: 'told'; readonly message: string }
  | { readonly code: 'failed'; readonly arm: ArmKey; readonly end: FailedTrial }
  | {
      readonly code: 'unsettled'
      readonly arm: ArmKey
      readonly readings: number
      readonly restless: number
      readonly widestBytes: number
    }
  | {
      readonly code: 'resident'
      readonly arm: ArmKey
      readonly least: number
      readonly unit: Growth['unit']
      readonly isLarge: boolean
    }
  | {
      readonly code: 'noisy'
      readonly arm: ArmKey
      readonly least: number
      readonly unit: Growth['unit']
      readonly trials: number
    }
  /** Grows throughout, beyond its reference, while `still` others as long do not grow. */
  | {
      readonly code: 'apart'
      readonly arm: ArmKey
      readonly trial: number
      readonly metric: Metric
      readonly growth: number
      readonly unit: Growth['unit']
      readonly still: number
    }
  /** Grows while the load lasts, and idle time takes it with the connections that it closes. */
  | {
      readonly code: 'under-load'
      readonly arm: ArmKey
      readonly growth: number
      readonly unit: Growth['unit']
      /** Most that went at once, bytes. */
      readonly most: number
    }
  | {
      readonly code: 'lifeless'
      readonly arm: ArmKey
      /** What was loaded for it. */
      readonly loads: Loads
      /** Whether it had a collector, which heard nothing. */
      readonly isSilent: boolean
    }
  | { readonly code: 'set-open'; readonly name: string; readonly why: SetOpen }
  | { readonly code: 'sum-grows'; readonly name: string }
  | { readonly code: 'grows-more'; readonly agents: readonly string[] }
  | { readonly code: 'suppressed'; readonly leaking: readonly string[]; readonly others: readonly string[] }

/** A warning before it is put into words. */
export type DecidedWarning = Omit<RunWarning, 'message'> & { readonly because: WarningBecause }
