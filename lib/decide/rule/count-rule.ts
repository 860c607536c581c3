import { mean } from '../stats/effect.js'
import { isShown, slowsDown, type ByteLimits, type Effects, type LookStatus } from './byte-rule.js'
import { MINIMUM_COUNT } from '../growth/thresholds.js'
import type { TrialGrowth } from '../growth/trial-growth.js'

/** Growth counts as proportional to operations when its windows differ by no more than this factor. */
const PROPORTIONAL = 3

export interface CountLimits {
  readonly threshold: number
  /** One-sided level of an accusation. */
  readonly level: number
  readonly stage: ByteLimits['stage']
}

/**
 * Judges an exact integer (descriptors, listeners, ...) by proportion to operations: a leak when in every trial of
 * the arm both windows grow by at least the threshold and at similar rates, beyond anything that the reference does, and when the
 * growth is shown at the level that is its share of the error rate; clean when at most a minority of the trials grows by that much in its
 * last half. A pool that fills slows down.
 */
export function judgeCounts(
  arm: readonly TrialGrowth[],
  reference: readonly TrialGrowth[] | null,
  effects: Effects,
  { threshold, level, stage }: CountLimits,
): LookStatus {
  const most = Math.max(0, ...(reference ?? []).flatMap(({ middle, late }) => [middle.rate, late.rate]))
  const isProportionate = arm.every(
    trial => isProportional(trial, threshold) && trial.late.rate - most >= threshold,
  )
  const shown = isShown(effects, threshold / 2, level)
  if (isProportionate && shown) return slowsDown(effects, stage) ? 'filling' : 'leak'
  const usual = reference === null ? 0 : Math.max(0, mean(reference.map(trial => trial.late.rate)))
  const grew = arm.filter(trial => trial.late.rate - usual >= threshold).length
  return grew < arm.length / 2 ? 'clean' : 'open'
}

function isProportional({ middle, late }: TrialGrowth, threshold: number): boolean {
  const rates = [middle.rate, late.rate]
  return (
    [middle, late].every(
      ({ rate, width }) => rate >= threshold && Math.round(rate * width) >= MINIMUM_COUNT,
    ) && Math.max(...rates) <= PROPORTIONAL * Math.min(...rates)
  )
}
