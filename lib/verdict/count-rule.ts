import { mean } from '../stats/effect.js'
import type { LookStatus } from './byte-rule.js'
import { MINIMUM_COUNT } from './thresholds.js'
import type { TrialGrowth } from './trial-growth.js'

/** Growth counts as proportional to operations when its quarters differ by no more than this factor. */
const PROPORTIONAL = 3

/**
 * Judges an exact integer (descriptors, listeners, ...) by proportion to operations: a leak when in every trial of
 * the arm each of the last three quarters grows by at least the threshold and by similar amounts, beyond
 * anything that the reference does; clean when at most a minority of the trials grows by that much in its last half.
 * A pool that fills stops growing in one of the quarters.
 */
export function judgeCounts(
  arm: readonly TrialGrowth[],
  reference: readonly TrialGrowth[] | null,
  threshold: number,
): LookStatus {
  const others = (reference ?? []).flatMap(({ value }) => [value.g1, value.g2])
  const most = Math.max(0, ...others)
  if (arm.every(trial => isProportional(trial, threshold) && trial.value.g2 - most >= threshold))
    return 'leak'
  const usual = reference === null ? 0 : Math.max(0, mean(reference.map(trial => trial.value.g2)))
  const grew = arm.filter(trial => trial.value.g2 - usual >= threshold).length
  return grew < arm.length / 2 ? 'clean' : 'open'
}

function isProportional({ value, width }: TrialGrowth, threshold: number): boolean {
  const quarters = [value.g1, value.h1, value.h2]
  const counts = [value.g1 * width.g1, value.h1 * width.h1, value.h2 * width.h2]
  return (
    quarters.every(rate => rate >= threshold) &&
    counts.every(count => Math.round(count) >= MINIMUM_COUNT) &&
    Math.max(...quarters) <= PROPORTIONAL * Math.min(...quarters)
  )
}
