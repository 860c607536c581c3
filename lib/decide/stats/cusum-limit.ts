/** Overshoot of a normal walk beyond its limit (D. Siegmund, Sequential Analysis, 1985). */
const OVERSHOOT = 1.166

/**
 * The limit of a one-sided CUSUM of standard normal numbers that is passed by chance once in `runLength` of them on
 * average, by Siegmund's approximation `(exp(2kb) - 1 - 2kb) / 2k²` with `b = limit + 1.166`.
 *
 * @param allowance `k`: half the shift that is to be found soonest, in standard deviations
 * @throws RangeError for a run length that no limit above zero has
 */
export function cusumLimit(runLength: number, allowance: number): number {
  const lengthAt = (limit: number): number => {
    const reach = 2 * allowance * (limit + OVERSHOOT)
    return (Math.exp(reach) - 1 - reach) / (2 * allowance ** 2)
  }
  if (!(runLength > lengthAt(0)))
    throw new RangeError(`Expected a run length above ${String(lengthAt(0))}, got ${String(runLength)}`)
  let low = 0
  let high = 1
  while (lengthAt(high) < runLength) high *= 2
  while (high - low > 1e-9) {
    const middle = (low + high) / 2
    if (lengthAt(middle) < runLength) low = middle
    else high = middle
  }
  return high
}
