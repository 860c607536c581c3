import type { Spread } from './spread.js'
import { tQuantile, tUpperTail } from './student-t.js'

/** An estimate with what is needed for tests and intervals. */
export interface Effect {
  readonly estimate: number
  readonly standardError: number
  readonly degreesOfFreedom: number
}

/** Measurements of the same thing, summed up. */
export interface Group {
  readonly mean: number
  /** How many they are; fewer where some of them count for less. */
  readonly size: number
  /** Of a single measurement. */
  readonly spread: Spread
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

/** Measurements of which nothing else is known than that they differ. */
export function groupOf(values: readonly number[]): Group {
  const degreesOfFreedom = values.length - 1
  return { mean: mean(values), size: values.length, spread: { variance: variance(values), degreesOfFreedom } }
}

/** The mean of one group. `floor` is the smallest standard error that is believed. */
export function ofOne({ mean: estimate, size, spread }: Group, floor = 0): Effect {
  return {
    estimate,
    standardError: Math.max(floor, Math.sqrt(spread.variance / size)),
    degreesOfFreedom: Math.max(1, spread.degreesOfFreedom),
  }
}

/**
 * Mean of `sample` minus mean of `reference`, with Welch's standard error and the degrees of freedom of
 * Welch and Satterthwaite (B. L. Welch, Biometrika 34, 1947).
 */
export function difference(sample: Group, reference: Group, floor = 0): Effect {
  const a = sample.spread.variance / sample.size
  const b = reference.spread.variance / reference.size
  const [aDegrees, bDegrees] = [sample, reference].map(({ spread }) =>
    Math.max(1, spread.degreesOfFreedom),
  ) as [number, number]
  const most = Math.max(1, sample.spread.degreesOfFreedom + reference.spread.degreesOfFreedom)
  const degrees = (a + b) ** 2 / (a ** 2 / aDegrees + b ** 2 / bDegrees)
  return {
    estimate: sample.mean - reference.mean,
    standardError: Math.max(floor, Math.sqrt(a + b)),
    degreesOfFreedom: a + b > 0 ? Math.min(most, Math.max(1, degrees)) : most,
  }
}

/** p-value against "the true value is at most `limit`". */
export function probabilityNotAbove(
  { estimate, standardError, degreesOfFreedom }: Effect,
  limit: number,
): number {
  return tUpperTail((estimate - limit) / standardError, degreesOfFreedom)
}

/** p-value against "the true value is at least `limit`". */
export function probabilityNotBelow(
  { estimate, standardError, degreesOfFreedom }: Effect,
  limit: number,
): number {
  return tUpperTail((limit - estimate) / standardError, degreesOfFreedom)
}

/** Half the width of the interval that misses the true value on either side with probability `oneSided`. */
export function margin({ standardError, degreesOfFreedom }: Effect, oneSided: number): number {
  return tQuantile(1 - oneSided, degreesOfFreedom) * standardError
}

/**
 * Holm's step-down procedure (S. Holm, Scandinavian Journal of Statistics 6, 1979): the level is divided by the
 * number of hypotheses that are not rejected yet, until a pass rejects no more. `rejects` is asked with that number.
 */
export function holm<T>(
  hypotheses: readonly T[],
  rejects: (hypothesis: T, remaining: number) => boolean,
): ReadonlySet<T> {
  const rejected = new Set<T>()
  for (;;) {
    const remaining = hypotheses.length - rejected.size
    const more = hypotheses.filter(hypothesis => !rejected.has(hypothesis) && rejects(hypothesis, remaining))
    if (more.length === 0) return rejected
    for (const hypothesis of more) rejected.add(hypothesis)
  }
}
