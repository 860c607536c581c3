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

/** Types of nodes that V8 has of its own: code, hidden classes, tables. */
const ownTypes = new Set(['code', 'hidden', 'object shape', 'synthetic'])

/** Of V8's own it takes as many in each interval, and one in so many operations: programs go on warming up for long. */
const fewestOfOwn = 8
const operationsForOwn = 4

/** {@link isProportional} of the nodes of a class. */
export function isProportionalClass(
  type: string,
  growth: readonly number[],
  intervals: Intervals,
): boolean | null {
  const proportional = isProportional(growth, intervals)
  if (proportional !== true || !ownTypes.has(type)) return proportional
  return growth.every(
    (step, index) => step >= Math.max(fewestOfOwn, (intervals[index] ?? 0) / operationsForOwn),
  )
}

/**
 * Sorts what grew with operations before what may have, and that before what did not; of what grew, what programs made before
 * what V8 keeps about them.
 */
export function rank(proportional: boolean | null, type?: string): number {
  if (proportional === null) return 1
  if (!proportional) return 0
  return type !== undefined && ownTypes.has(type) ? 2 : 3
}

/** Differences between neighbours. */
export function steps(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - (values[index] ?? 0))
}
