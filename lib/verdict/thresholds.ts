import type { Metric } from '../types.js'
import { COUNT_METRICS } from './types.js'
import type { ByteMetric, DecisionSettings } from './types.js'

/** Memory outside the heap moves in larger pieces: pools, transport buffers, tiers of the compiler. */
const OUTSIDE_HEAP = 4

/** Resident memory of healthy processes grows by kilobytes an operation for a while: only a hint. */
const RESIDENT = 64

const COUNT_PER_OPERATION = 1 / 1000
const COUNT_PER_SECOND = 1 / 60

/** Fewest counts by which a quarter of a trial must grow: less is chance. */
export const MINIMUM_COUNT = 3

/** Smallest standard error that is believed, bytes per operation (or second). */
export const ERROR_FLOOR = 0.05

export function isCount(metric: Metric): boolean {
  return (COUNT_METRICS as readonly Metric[]).includes(metric)
}

/**
 * Heap that may grow from one doubling of the operations to the next although nothing leaks, bytes: functions become hot one after the
 * other, and V8 keeps what it learns about each. Express adds 50 KB from 512 requests to 1,024, 120 KB to 2,048 and then 35 KB.
 */
const WARM_UP_BYTES = 163_840

/** Growth that counts as a leak: bytes (or counts) per operation (or second). */
export function thresholdOf(metric: Metric, settings: DecisionSettings, operations: number): number {
  if (isCount(metric)) {
    const rate = settings.unit === 'second' ? COUNT_PER_SECOND : COUNT_PER_OPERATION
    return Math.max(rate, MINIMUM_COUNT / (operations / 4))
  }
  if (metric === 'heap') return settings.threshold
  return settings.threshold * (metric === 'rss' ? RESIDENT : OUTSIDE_HEAP)
}

/**
 * Growth that trials of so many operations can accuse, same unit: the threshold, or more where warming up alone would grow by as much
 * in their last half.
 */
export function accusableGrowth(metric: ByteMetric, settings: DecisionSettings, operations: number): number {
  const threshold = thresholdOf(metric, settings, operations)
  if (settings.unit === 'second') return threshold
  return threshold * Math.max(1, operationsToAccuse(settings) / operations)
}

/** Operations from which on a trial can accuse growth of the threshold. */
export function operationsToAccuse({ threshold }: Pick<DecisionSettings, 'threshold'>): number {
  return (2 * WARM_UP_BYTES) / threshold
}
