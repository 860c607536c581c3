import type { Growth, TrialOutcome } from '../types/index.js'
import type { ArmKey, Subject } from './growth/arms.js'

/** How a failed trial ended. */
export interface FailedTrial {
  readonly trial: number
  readonly outcome: TrialOutcome
}

/** What trials show that were cut at their time limit. */
export interface CutShort {
  readonly arm: ArmKey
  readonly reference: ArmKey | null
  /** That they were to perform. */
  readonly operations: number
  /** The part that `growth` and `slower` are of, in operations. */
  readonly from: number
  readonly until: number
  /** Of the heap, beyond that of the reference. */
  readonly growth: Growth
  /** How many times as long an operation took as before `from`, beyond that of the reference; `null`: not known. */
  readonly slower: number | null
}

/** What failed trials decide. */
export type FailureBecause =
  | {
      readonly about: 'failures'
      readonly code: 'out-of-memory'
      readonly subject: Pick<Subject, 'kind' | 'arm' | 'reference'>
      readonly trials: number
    }
  /** It grew until its trials were cut at their time limit, and slowed them down. */
  | {
      readonly about: 'failures'
      readonly code: 'cut-short'
      readonly trials: number
      readonly seen: CutShort
    }
  | {
      readonly about: 'failures'
      readonly code: 'failed'
      readonly arm: ArmKey
      readonly ends: readonly FailedTrial[]
      /** Absent where they did not all get through half of their operations before they were cut at their time limit. */
      readonly seen?: CutShort
    }
  /** The reference failed: there is nothing to compare it with. */
  | {
      readonly about: 'failures'
      readonly code: 'no-reference'
      readonly arm: ArmKey
      readonly ends: readonly FailedTrial[]
    }
