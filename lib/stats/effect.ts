import { tQuantile, tUpperTail } from './student-t.js'

/** An estimate with what is needed for tests and intervals. */
export interface Effect {
  readonly estimate: number
  readonly standardError: number
  readonly degreesOfFreedom: number
  /** Systematic uncertainty that more trials do not average away, same unit as the estimate. */
  readonly bias: number
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

/**
 * Sum that does not depend on the order of the values: smallest first. The order in which trials were recorded
 * must not decide anything, not even the last digit.
 */
function sum(values: readonly number[]): number {
  let total = 0
  for (const value of values.length > 2 ? ascending(values) : values) total += value
  return total
}

/** Few values, and so many times in a decision that sorting them is what it takes: by insertion. */
function ascending(values: readonly number[]): number[] {
  const sorted: number[] = []
  for (const value of values) {
    let at = sorted.length
    for (; at > 0 && (sorted[at - 1] as number) > value; at--) sorted[at] = sorted[at - 1] as number
    sorted[at] = value
  }
  return sorted
}

/** Unbiased sample variance; 0 for fewer than two values. */
export function variance(values: readonly number[]): number {
  if (values.length < 2) return 0
  const centre = mean(values)
  return sum(values.map(value => (value - centre) ** 2)) / (values.length - 1)
}

/** Mean of one sample; `values` needs at least two. `floor` is the smallest standard error that is believed. */
export function oneSample(values: readonly number[], floor: number, bias = 0): Effect {
  return {
    estimate: mean(values),
    standardError: Math.max(floor, Math.sqrt(variance(values) / values.length)),
    degreesOfFreedom: Math.max(1, values.length - 1),
    bias,
  }
}

/**
 * Mean of `sample` minus mean of `reference`, with Welch's standard error and the degrees of freedom of
 * Welch and Satterthwaite (B. L. Welch, Biometrika 34, 1947). A mean of the reference below zero counts as
 * zero: shrinking earns no credit.
 */
export function welch(
  sample: readonly number[],
  reference: readonly number[],
  floor: number,
  bias = 0,
): Effect {
  const a = variance(sample) / sample.length
  const b = variance(reference) / reference.length
  const pooled = Math.max(1, sample.length + reference.length - 2)
  const denominator = a ** 2 / Math.max(1, sample.length - 1) + b ** 2 / Math.max(1, reference.length - 1)
  return {
    estimate: mean(sample) - Math.max(0, mean(reference)),
    standardError: Math.max(floor, Math.sqrt(a + b)),
    degreesOfFreedom: denominator > 0 ? Math.min(pooled, Math.max(1, (a + b) ** 2 / denominator)) : pooled,
    bias,
  }
}

/** p-value against "the true value is at most `limit`", the systematic uncertainty counted against it. */
export function probabilityNotAbove(effect: Effect, limit: number): number {
  return tUpperTail((effect.estimate - effect.bias - limit) / effect.standardError, effect.degreesOfFreedom)
}

/** p-value against "the true value is at least `limit`", the systematic uncertainty counted against it. */
export function probabilityNotBelow(effect: Effect, limit: number): number {
  return tUpperTail((limit - effect.estimate - effect.bias) / effect.standardError, effect.degreesOfFreedom)
}

/** Half the width of the interval that misses the true value on either side with probability `oneSided`. */
export function margin(effect: Effect, oneSided: number): number {
  return tQuantile(1 - oneSided, effect.degreesOfFreedom) * effect.standardError + effect.bias
}
