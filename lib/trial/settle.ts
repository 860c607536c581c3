import type { Reading } from '../probe/protocol.cjs'
import type { SettleSpec } from './types.js'

/** Memory outside the heap moves in coarser steps. */
const COARSE_METRIC_TOLERANCE = 4

const BYTE_METRICS = ['heap', 'arrayBuffers', 'external'] as const

export type ByteMetric = (typeof BYTE_METRICS)[number]

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

/**
 * Goes on watching a process whose readings agree: what an agent flushes every few seconds is held between two flushes
 * however well readings in between agree. Returns the hold that later readings need: 0 when nothing was released while
 * watching, else all of `spec.watchMs`, as the load may end at any moment between two flushes.
 */
export async function watchForFlush(
  read: () => Promise<Reading>,
  spec: SettleSpec,
  before: Settled,
): Promise<{ holdMs: number; after: Settled }> {
  const startedAtMs = performance.now()
  const watched: Reading[] = []
  const isAboveAll = (reading: Reading, others: readonly Reading[]): boolean =>
    BYTE_METRICS.some(metric => bytesOf(reading, metric) - lowest(others, metric) > toleranceOf(metric, spec))
  // What is seen to be released needs no further watching.
  const hasDropped = (): boolean =>
    before.settled &&
    before.considered.some(reading => isAboveAll(reading, [...before.considered, ...watched]))
  while (performance.now() - startedAtMs < spec.watchMs && !hasDropped()) {
    await pause(spec.intervalMs)
    watched.push(await read())
  }
  const after = await settle(read, spec, 0)
  const isAbove = (reading: Reading): boolean => isAboveAll(reading, after.considered)
  // Readings that never agreed are no evidence: they are above for other reasons, too.
  const released = [...(before.settled ? before.considered : []), ...watched].some(isAbove)
  const taken = before.taken + watched.length + after.taken
  return { holdMs: released ? spec.watchMs : 0, after: { ...after, taken } }
}

/** The lower envelope: what is in flight only adds. */
export function lowest(readings: readonly Reading[], metric: ByteMetric): number {
  return Math.min(...readings.map(reading => bytesOf(reading, metric)))
}

/** Largest minus smallest. */
export function spread(readings: readonly Reading[], metric: ByteMetric): number {
  return Math.max(...readings.map(reading => bytesOf(reading, metric))) - lowest(readings, metric)
}

/** Compiled code comes with tiers of the compiler and goes when it is not used, whatever the application keeps. */
function bytesOf(reading: Reading, metric: ByteMetric): number {
  return metric === 'heap' ? reading.heapUsed - reading.compiledCode : reading[metric]
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
