/** How far single measurements lie from the mean of their group: a variance and how much it is based on. */
export interface Spread {
  readonly variance: number
  readonly degreesOfFreedom: number
}

export const NO_SPREAD: Spread = { variance: 0, degreesOfFreedom: 0 }

/** One spread from several, each counted by its degrees of freedom. */
export function pooled(spreads: readonly Spread[]): Spread {
  const degreesOfFreedom = spreads.reduce((sum, one) => sum + one.degreesOfFreedom, 0)
  if (degreesOfFreedom === 0) return NO_SPREAD
  const squares = spreads.reduce((sum, one) => sum + one.variance * one.degreesOfFreedom, 0)
  return { variance: squares / degreesOfFreedom, degreesOfFreedom }
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2
}
