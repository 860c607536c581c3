/** Shares of the operations after which a settled sample is taken. */
const SHARES: readonly number[] = [0, 1 / 4, 1 / 2, 3 / 4, 1]

/**
 * Operations after which samples are taken, ascending, from 0 to `operations`. Few readings, each truly settled; those
 * from a quarter on are what growth is computed from.
 */
export function gridFor(operations: number): number[] {
  return [...new Set(SHARES.map(share => Math.round(operations * share)))]
}
