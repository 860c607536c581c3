const CENTRE = [59.10937472, 159.29113202, 50.434271938, 3.3871327179] as const
const CENTRE_BELOW = [67.1875636, 78.757757664, 17.895169469, 1] as const
const SIDE = [0.17023821103, 1.3067284816, 2.75681539, 1.4234372777] as const
const SIDE_BELOW = [0.12021132975, 0.7370016425, 1] as const
const TAIL = [0.017337203997, 0.42868294337, 3.081226386, 6.657905115] as const
const TAIL_BELOW = [0.012258202635, 0.24197894225, 1] as const

/**
 * The value that a standard normal number stays below with probability `p`, to about seven digits (M. J. Wichura,
 * algorithm AS 241, Applied Statistics 37, 1988).
 * @throws RangeError unless `0 < p < 1`
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`Expected a probability between 0 and 1, got ${String(p)}`)
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (q * polynomial(CENTRE, r)) / polynomial(CENTRE_BELOW, r)
  }
  const r = Math.sqrt(-Math.log(Math.min(p, 1 - p)))
  const size =
    r <= 5
      ? polynomial(SIDE, r - 1.6) / polynomial(SIDE_BELOW, r - 1.6)
      : polynomial(TAIL, r - 5) / polynomial(TAIL_BELOW, r - 5)
  return q < 0 ? -size : size
}

/** Highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}
