import type { PendingTimers, Reading } from '../probe/protocol.cjs'
import type { SettleSpec } from './types.js'
import type { Sample } from '../types/index.js'

/** Memory outside the heap moves in coarser steps. */
const COARSE_METRIC_TOLERANCE = 4

/** Heap that is gone with an idle connection when it closes: 14 KB of http's with its last request, 9 KB of fetch's, measured. */
export const CONNECTION_BYTES: number = 16 * 1024

const BYTE_METRICS = ['heap', 'arrayBuffers', 'external'] as const

type ByteMetric = (typeof BYTE_METRICS)[number]

/** Readings of a process at rest, or of one that never came to rest. */
export interface Settled {
  /** The last ones, which agree if `settled`. */
  readonly considered: readonly Reading[]
  readonly settled: boolean
  /** How many readings were taken. */
  readonly taken: number
}

/**
 * Reads until `spec.agree` consecutive readings lie within the tolerance of each other, but not before `holdMs` is over, and
 * gives up after `spec.maxMs` more.
 *
 * What varies in a process at rest is what is still in flight (batches, sockets closing, timers), so waiting for
 * agreement does what averaging cannot.
 * @throws what `read` throws
 */
export async function settle(
  read: () => Promise<Reading>,
  spec: SettleSpec,
  holdMs: number,
): Promise<Settled> {
  const startedAtMs = performance.now()
  // Readings during the hold would only cost collections; those that must agree end with it.
  const silentMs = holdMs - (spec.agree - 1) * spec.intervalMs
  if (silentMs > 0) await pause(silentMs)
  const readings: Reading[] = []
  for (;;) {
    const readAtMs = performance.now()
    readings.push(await read())
    const considered = readings.slice(-spec.agree)
    const settled = agree(considered, spec)
    const nowMs = performance.now()
    if (settled || nowMs - startedAtMs + spec.intervalMs > holdMs + spec.maxMs) {
      return { considered, settled, taken: readings.length }
    }
    await pause(Math.max(0, spec.intervalMs - (nowMs - readAtMs)))
  }
}

/** What watching tells. */
export interface Watched {
  /** The hold that later readings need, ms. */
  readonly holdMs: number
  /** What was released meanwhile, by the metric of which it was most; 0 when nothing was. */
  readonly heldBytes: number
  readonly after: Settled
}

/**
 * Goes on watching a process whose readings agree: what an agent flushes every few seconds is held between two flushes
 * however well readings in between agree. Later readings need no hold when nothing was released while
 * watching, else all of `spec.watchMs`, as the load may end at any moment between two flushes. What connections take that close when they
 * have been idle is no such memory: as many are open after all operations.
 * @param toTheEnd also when something was released: connections that are open may still close
 */
export async function watchForFlush(
  read: () => Promise<Reading>,
  spec: SettleSpec,
  before: Settled,
  toTheEnd: boolean,
): Promise<Watched> {
  const startedAtMs = performance.now()
  const watched: Reading[] = []
  const isAboveAll = (reading: Reading, others: readonly Reading[]): boolean =>
    others.some(other =>
      BYTE_METRICS.some(metric => releasedBytes(reading, other, metric) > toleranceOf(metric, spec)),
    )
  // What is seen to be released needs no further watching.
  const hasDropped = (): boolean =>
    !toTheEnd &&
    before.settled &&
    before.considered.some(reading => isAboveAll(reading, [...before.considered, ...watched]))
  while (performance.now() - startedAtMs < spec.watchMs && !hasDropped()) {
    await pause(spec.intervalMs)
    watched.push(await read())
  }
  const after = await settle(read, spec, 0)
  // Readings that never agreed are no evidence: they are above for other reasons, too.
  const above = [...(before.settled ? before.considered : []), ...watched].filter(reading =>
    isAboveAll(reading, after.considered),
  )
  const heldBytes = above.flatMap(reading =>
    after.considered.flatMap(other => BYTE_METRICS.map(metric => releasedBytes(reading, other, metric))),
  )
  const taken = before.taken + watched.length + after.taken
  return {
    holdMs: above.length > 0 ? spec.watchMs : 0,
    heldBytes: Math.max(0, ...heldBytes),
    after: { ...after, taken },
  }
}

/** What one reading has more than a later one, beyond what the connections took that have closed since. */
function releasedBytes(earlier: Reading, later: Reading, metric: ByteMetric): number {
  const closed = Math.max(0, (earlier.descriptors ?? 0) - (later.descriptors ?? 0))
  return (
    bytesOf(earlier, metric) - bytesOf(later, metric) - (metric === 'heap' ? closed * CONNECTION_BYTES : 0)
  )
}

/** The lower envelope: what is in flight only adds. */
export function lowest(readings: readonly Reading[], metric: ByteMetric): number {
  return Math.min(...readings.map(reading => bytesOf(reading, metric)))
}

/** Largest minus smallest. */
export function spread(readings: readonly Reading[], metric: ByteMetric): number {
  return Math.max(...readings.map(reading => bytesOf(reading, metric))) - lowest(readings, metric)
}

/** Heap without compiled code, which comes with tiers of the compiler and goes when it is not used, whatever the application keeps. */
export function heapBytes({ heapUsed, compiledCode }: Reading): number {
  return heapUsed - compiledCode
}

function bytesOf(reading: Reading, metric: ByteMetric): number {
  return metric === 'heap' ? heapBytes(reading) : reading[metric]
}

function toleranceOf(metric: ByteMetric, spec: SettleSpec): number {
  return metric === 'heap' ? spec.toleranceBytes : COARSE_METRIC_TOLERANCE * spec.toleranceBytes
}

function agree(readings: readonly Reading[], spec: SettleSpec): boolean {
  if (readings.length < spec.agree) return false
  return BYTE_METRICS.every(metric => spread(readings, metric) <= toleranceOf(metric, spec))
}

async function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

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
interface Due {
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
