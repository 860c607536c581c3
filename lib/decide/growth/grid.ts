/** Shares of the operations after which a settled sample is taken. */
const SHARES: readonly number[] = [0, 1 / 4, 1 / 2, 1]

/**
 * Operations after which samples are taken, ascending, from 0 to `operations`. Few readings, each truly settled; from the second on
 * each at twice the operations of the one before, so that whatever grows by doubling does so between any two of them, and so that a
 * trial that goes on to twice its operations has the readings of one that was planned to.
 */
export function gridFor(operations: number): number[] {
  return [...new Set(SHARES.map(share => Math.round(operations * share)))]
}
