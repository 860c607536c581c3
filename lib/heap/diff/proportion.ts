/** Operations between snapshots: one number with two snapshots, two with three. */
export type Intervals = readonly [number] | readonly [number, number]

/** @returns the sum of all intervals */
export function totalOf(intervals: Intervals): number {
  return intervals[0] + (intervals[1] ?? 0)
}

/**
 * Whether growth in each interval was alike, per operation: within a factor of `tolerance`, and one more or less is chance.
 * `null` with one interval, which has nothing to compare with.
 */
export function isProportional(
  growth: readonly number[],
  intervals: Intervals,
  tolerance: number = 2,
): boolean | null {
  if (intervals.length === 1) return null
  const [first = 0, second = 0] = growth
  if (first <= 0 || second <= 0) return false
  return (
    first / intervals[0] <= (tolerance * (second + 1)) / intervals[1] &&
    second / intervals[1] <= (tolerance * (first + 1)) / intervals[0]
  )
}

/** Sorts what grew with operations before what may have, and that before what did not. */
export function rank(proportional: boolean | null): number {
  return proportional === null ? 1 : proportional ? 2 : 0
}

/** Differences between neighbours. */
export function steps(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - (values[index] ?? 0))
}
