import type { Reading } from '../probe/protocol.cjs'
import { CONNECTION_BYTES, heapBytes } from './settle.js'

/** A reading, and when it began on the monotonic clock. */
export interface TimedReading {
  readonly atMs: number
  readonly reading: Reading
}

/** What goes in a longer time between two readings may have gone for other reasons. */
const LONGEST_STEP_MS = 2_500

/**
 * Heap that went in the moments in which connections closed, bytes, beyond what a connection takes by itself: what was kept on their sockets
 * (listeners, timings, requests). An agent that flushes does so at moments of its own.
 * @param readings of one process at rest, from soon after its load on
 */
export function goneWithConnections(readings: readonly TimedReading[]): number {
  let gone = 0
  let closedBefore = 0
  for (const [index, { atMs, reading }] of readings.entries()) {
    const before = readings[index - 1]
    if (before === undefined || atMs - before.atMs > LONGEST_STEP_MS) {
      closedBefore = 0
      continue
    }
    const closed = Math.max(0, (before.reading.descriptors ?? 0) - (reading.descriptors ?? 0))
    // A socket may be let go of a moment after it was closed.
    if (closed + closedBefore > 0)
      gone += heapBytes(before.reading) - heapBytes(reading) - closed * CONNECTION_BYTES
    closedBefore = closed
  }
  return Math.max(0, gone)
}
