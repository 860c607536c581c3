import type { SetPurpose } from '../../types/index.js'
import type { Subject } from '../growth/arms.js'

/** What a search needs to know before it can go on. */
export type Query =
  | {
      /** The full looks at a component or a set. */
      readonly kind: 'judge'
      readonly subject: Subject
      /** `shown`: growth that is shown is enough; `verdict`: and whether idle time releases it. */
      readonly until: 'shown' | 'verdict'
      readonly why: SetPurpose
    }
  | {
      /** Growth of a set from a few trials: guides the search, accuses nobody. */
      readonly kind: 'screen'
      readonly subject: Subject
      readonly operations: number
      /** Trials an arm. */
      readonly trials: number
      readonly why: SetPurpose
    }

/**
 * A part of a search: yields what it needs to know, all at once what can be found out at once, and goes on when that is
 * known. It is run again from the start for every decision, so it must depend on nothing but the trials.
 */
export type Steps<Result = void> = Generator<readonly Query[], Result, void>
