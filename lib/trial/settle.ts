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

/** What is released within this time after the load is flushed often. */
const FREQUENT_MS = 1_000
const FREQUENT_HOLD_MS = 2_000

/**
 * Goes on watching a process whose readings agree: what an agent flushes every few seconds is held between two flushes
 * however well readings in between agree. Returns the hold that later readings need: 0 when nothing was released while
 * watching, 2 s when it was released at once, else all of `spec.watchMs`, as the load may have ended at any moment between two flushes.
 */
export async function watchForFlush(
  read: () => Promise<Reading>,
  spec: SettleSpec,
  before: Settled,
): Promise<{ holdMs: number; after: Settled }> {
  const startedAtMs = performance.now()
  const watched: { readonly atMs: number; readonly reading: Reading }[] = []
  while (performance.now() - startedAtMs < spec.watchMs) {
    await pause(spec.intervalMs)
    watched.push({ atMs: performance.now() - startedAtMs, reading: await read() })
  }
  const after = await settle(read, spec, 0)
  const isAbove = (reading: Reading): boolean =>
    BYTE_METRICS.some(
      metric => bytesOf(reading, metric) - lowest(after.considered, metric) > toleranceOf(metric, spec),
    )
  const lastHeld = watched.filter(({ reading }) => isAbove(reading)).at(-1)
  const taken = before.taken + watched.length + after.taken
  return { holdMs: holdFor(lastHeld?.atMs, before, isAbove, spec), after: { ...after, taken } }
}

function holdFor(
  lastHeldAtMs: number | undefined,
  before: Settled,
  isAbove: (reading: Reading) => boolean,
  spec: SettleSpec,
): number {
  if (lastHeldAtMs === undefined)
    return before.settled && before.considered.some(isAbove) ? FREQUENT_HOLD_MS : 0
  return lastHeldAtMs <= FREQUENT_MS ? FREQUENT_HOLD_MS : spec.watchMs
}

/**
 * The hold that several watches tell, or `null` while another is wanted. The load may have ended right before a flush that
 * comes every few seconds: one that was seen at once, or not at all, is believed when it is so again.
 */
export function holdOf(watched: readonly number[], spec: SettleSpec): number | null {
  const longest = Math.max(...watched)
  if (longest >= spec.watchMs) return spec.watchMs
  const wanted = longest === 0 ? 2 : 3
  return watched.length < wanted ? null : longest
}

/** The lower envelope: what is in flight only adds. */
export function lowest(readings: readonly Reading[], metric: ByteMetric): number {
  return Math.min(...readings.map(reading => bytesOf(reading, metric)))
}

/** Largest minus smallest. */
export function spread(readings: readonly Reading[], metric: ByteMetric): number {
  return Math.max(...readings.map(reading => bytesOf(reading, metric))) - lowest(readings, metric)
}

/** Code space moves with tiers of the compiler, not with what the application keeps. */
function bytesOf(reading: Reading, metric: ByteMetric): number {
  return metric === 'heap' ? reading.heapUsed - reading.codeSpace : reading[metric]
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
