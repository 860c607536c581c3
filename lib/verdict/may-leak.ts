import type { TrialRecord } from '../types.js'
import { isCount, thresholdOf } from './thresholds.js'
import { trialGrowth } from './trial-growth.js'
import { BYTE_METRICS, COUNT_METRICS } from './types.js'
import type { DecisionSettings } from './types.js'

/**
 * Whether one completed trial leaves it open that its component is going to be accused: some metric grew by its
 * threshold in the last half. An accusation needs that of the arm itself, since a reference that shrinks counts as one that stands still.
 */
export function mayLeak(trial: TrialRecord, settings: DecisionSettings): boolean {
  return [...BYTE_METRICS, ...COUNT_METRICS].some(metric => {
    const growth = trialGrowth(trial, metric, settings.unit)
    if (growth === null) return false
    const limit = thresholdOf(metric, settings, trial.operations) / (isCount(metric) ? 1 : MARGIN)
    return growth.value.g2 >= limit
  })
}

/** One trial may show less than the mean of several. */
const MARGIN = 2
