import type { PendingTimers } from '../probe/protocol.cjs'
import type { Sample } from '../types/index.js'

/** What goes off later was put aside for good, as far as a trial can tell: 15 minutes. */
const LATEST_MS = 900_000

/** Idle time is made so much longer at most for timers that are not due: 150 s. */
const LONGEST_WAIT_MS = 150_000

/** Timers are late, and what they held is let go of after them. */
const MARGIN_MS = 2_000

/** Fewer timers than this share of the operations hold little of what grew by the operation. */
const SHARE = 1 / 16

/** As many belong to connections and agents of any application. */
const USUAL = 100

/** Of those, so many may have longer delays than are waited for. */
const BEYOND = 1 / 4

/** Idle time that lets go off what the operations have started. */
export interface Due {
  /** From the end of the load on, at least as long as was asked for. */
  readonly waitMs: number
  /** What is not due by then; absent where that is little. */
  readonly pending?: NonNullable<Sample['pendingTimers']>
}

/**
 * How long idle time must be for timers that operations have started once each: what is held until they go off stands as high as the rate
 * of operations times their delay, however long the load lasts.
 * @param timers of all processes, after so many operations
 */
export function whenDue(timers: readonly PendingTimers[], operations: number, waitMs: number): Due {
  const late = timers
    .filter(({ delayMs }) => delayMs + MARGIN_MS > waitMs && delayMs <= LATEST_MS)
    .sort((a, b) => b.delayMs - a.delayMs)
  const count = late.reduce((sum, group) => sum + group.count, 0)
  if (operations === 0 || count < Math.max(USUAL, operations * SHARE)) return { waitMs }
  let beyond = 0
  const longest = late.find(group => (beyond += group.count) > count * BEYOND)
  const longestMs = longest?.delayMs ?? 0
  if (longestMs + MARGIN_MS <= LONGEST_WAIT_MS) return { waitMs: Math.max(waitMs, longestMs + MARGIN_MS) }
  return { waitMs, pending: { count, longestMs } }
}
