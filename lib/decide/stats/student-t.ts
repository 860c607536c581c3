/** Coefficients of Lanczos' approximation, g = 7, n = 9 (Godfrey); relative error below 1e-15. */
const LANCZOS: readonly number[] = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** Natural logarithm of the gamma function, for `x > 0`. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  let sum = 0.99999999999980993
  LANCZOS.forEach((coefficient, index) => {
    sum += coefficient / (shifted + index + 1)
  })
  const base = shifted + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum)
}

/** Continued fraction of the incomplete beta function by the modified Lentz method (Numerical Recipes, 6.4). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  const guard = (value: number): number => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / guard(1 + even * d)
    c = guard(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / guard(1 + odd * d)
    c = guard(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return fraction
}

function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x))
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b
}

/**
 * Probability that Student's t with the given degrees of freedom (any positive number) is at least `t`.
 * Accurate far into the tail, where `1 - cdf` would lose its digits.
 */
export function tUpperTail(t: number, degreesOfFreedom: number): number {
  const x = degreesOfFreedom / (degreesOfFreedom + t * t)
  const tail = regularizedBeta(x, degreesOfFreedom / 2, 0.5) / 2
  return t >= 0 ? tail : 1 - tail
}

/** Probability that Student's t is at most `t`. */
export function tCdf(t: number, degreesOfFreedom: number): number {
  return tUpperTail(-t, degreesOfFreedom)
}

/**
 * The value that Student's t stays below with probability `p`, by bisection on {@link tUpperTail}.
 * @throws RangeError unless `0 < p < 1` and the degrees of freedom are positive
 */
export function tQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`Expected a probability between 0 and 1, got ${String(p)}`)
  if (!(degreesOfFreedom > 0)) {
    throw new RangeError(`Expected positive degrees of freedom, got ${String(degreesOfFreedom)}`)
  }
  if (p < 0.5) return -tQuantile(1 - p, degreesOfFreedom)
  let low = 0
  let high = 1
  while (tUpperTail(high, degreesOfFreedom) > 1 - p && high < 1e150) {
    low = high
    high *= 2
  }
  for (let step = 0; step < 200 && high - low > 1e-12 * high; step++) {
    const middle = (low + high) / 2
    if (tUpperTail(middle, degreesOfFreedom) > 1 - p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

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
