import type { Growth, Metric } from '../../types/index.js'
import { type ByteMetric, COUNT_METRICS, type DecisionSettings } from '../../types/decision-settings.js'
import { type Effect, margin } from '../stats/effect.js'

/** Memory outside the heap moves in larger pieces: pools, transport buffers, tiers of the compiler. */
const OUTSIDE_HEAP = 4

/** Resident memory of healthy processes grows by kilobytes an operation for a while: only a hint. */
const RESIDENT = 64

const COUNT_PER_OPERATION = 1 / 1000
const COUNT_PER_SECOND = 1 / 60

/** Fewest counts by which a quarter of a trial must grow: less is chance. */
export const MINIMUM_COUNT = 3

/**
 * Standard deviation of the growth in one window that is believed at least, as a share of the growth that matters in the last half: readings that
 * agree within a sixteenth of the growth at the threshold may be off by so much (see `settleSpec`), and two of them make a growth.
 */
const READING_SHARE = 1 / 20

/** The same of counts, which are exact but whole. */
const WHOLE = 0.4

export function isCount(metric: Metric): boolean {
  return (COUNT_METRICS as readonly Metric[]).includes(metric)
}

/**
 * Heap that may grow from one doubling of the operations to the next although nothing leaks, bytes: functions become hot one after the
 * other, and V8 keeps what it learns about each. Express adds 50 KB from 512 requests to 1,024, 120 KB to 2,048 and then 35 KB.
 */
const WARM_UP_BYTES = 163_840

/**
 * What pools and encoders outside the heap take at once, bytes: a buffer that doubles when a batch does not fit grows by 1, 2 and
 * 4 MiB (dd-trace), at a time of its own in each process.
 */
export const PIECE_BYTES: number = 4 * 1024 * 1024

/** Share of the trials that must stand still in the last half for growth to be one of pieces: what is kept of every operation grows in all. */
export const STILL: number = 1 / 4

/** Growth that counts as a leak: bytes (or counts) per operation (or second). */
export function thresholdOf(metric: Metric, settings: DecisionSettings, operations: number): number {
  if (isCount(metric)) {
    const rate = settings.unit === 'second' ? COUNT_PER_SECOND : COUNT_PER_OPERATION
    return Math.max(rate, MINIMUM_COUNT / (operations / 4))
  }
  if (metric === 'heap') return settings.threshold
  return settings.threshold * (metric === 'rss' ? RESIDENT : OUTSIDE_HEAP)
}

/** Bytes that a metric may gain at once, in a process that keeps nothing: 0 for the heap. */
export function pieceOf(metric: ByteMetric): number {
  return metric === 'arrayBuffers' || metric === 'external' ? PIECE_BYTES : 0
}

/** What growth of trials of so many operations may be off by at least, in the unit of the metric. */
export function readingFloor(metric: Metric, settings: DecisionSettings, operations: number): number {
  if (isCount(metric)) return WHOLE
  return (READING_SHARE * thresholdOf(metric, settings, operations) * operations) / 2
}

/**
 * Growth that trials of so many operations can accuse, same unit: the threshold, or more where warming up alone would grow by as much
 * in their last half. Every process and thread warms up by itself, and with fewer of the operations.
 */
export function accusableGrowth(
  metric: ByteMetric,
  settings: DecisionSettings,
  { operations, heaps }: { readonly operations: number; readonly heaps: number },
): number {
  const threshold = thresholdOf(metric, settings, operations)
  if (settings.unit === 'second') return threshold
  return threshold * Math.max(1, operationsToAccuse(settings, heaps) / operations)
}

/** Operations from which on a trial of an application with so many heaps can accuse growth of the threshold. */
export function operationsToAccuse(
  { threshold }: Pick<DecisionSettings, 'threshold'>,
  heaps: number,
): number {
  return (2 * WARM_UP_BYTES * heaps) / threshold
}

export function growthUnit(metric: Metric, unit: DecisionSettings['unit']): Growth['unit'] {
  return `${isCount(metric) ? 'count' : 'bytes'}/${unit}`
}

/** An effect as it is reported: with the two-sided interval at `1 - errorRate`. */
export function growthOf(effect: Effect, metric: Metric, settings: DecisionSettings): Growth {
  const half = margin(effect, settings.errorRate / 2)
  const isBounded = Number.isFinite(half)
  return {
    estimate: effect.estimate,
    low: isBounded ? effect.estimate - half : null,
    high: isBounded ? effect.estimate + half : null,
    unit: growthUnit(metric, settings.unit),
  }
}

/** Growth of which too little is known for an interval: fewer than two trials an arm were completed. */
export function unknownGrowth(metric: Metric, settings: DecisionSettings, estimate = 0): Growth {
  return { estimate, low: null, high: null, unit: growthUnit(metric, settings.unit) }
}

/** Bounds to calculate with: those that are not known are infinite. */
export function boundsOf({ low, high }: Pick<Growth, 'low' | 'high'>): { low: number; high: number } {
  return { low: low ?? -Infinity, high: high ?? Infinity }
}
