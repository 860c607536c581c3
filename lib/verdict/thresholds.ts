import type { Metric } from '../types.js'
import { COUNT_METRICS } from './types.js'
import type { DecisionSettings } from './types.js'

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

/** Growth that counts as a leak: bytes (or counts) per operation (or second). */
export function thresholdOf(metric: Metric, settings: DecisionSettings, operations: number): number {
  if (isCount(metric)) {
    const rate = settings.unit === 'second' ? COUNT_PER_SECOND : COUNT_PER_OPERATION
    return Math.max(rate, MINIMUM_COUNT / (operations / 4))
  }
  if (metric === 'heap') return settings.threshold
  return settings.threshold * (metric === 'rss' ? RESIDENT : OUTSIDE_HEAP)
}
