import t from 'tap'
import {
  difference,
  groupOf,
  margin,
  probabilityNotAbove,
  probabilityNotBelow,
  holm,
} from '../../../lib/decide/stats/effect.js'
import { tCdf, tQuantile, tUpperTail } from '../../../lib/decide/stats/student-t.js'
import fc from '../../support/seeded-fast-check.js'

const near = (actual: number, expected: number, relative: number): boolean =>
  Math.abs(actual / expected - 1) < relative

t.test("Student's t: the percentage points of the printed tables", async t => {
  // M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, table 26.10, which gives those of E. S. Pearson
  // and H. O. Hartley, Biometrika Tables for Statisticians I, table 12.
  const tails = [0.1, 0.05, 0.025, 0.01, 0.005, 0.0005]
  const table: Readonly<Record<string, readonly number[]>> = {
    1: [3.078, 6.314, 12.706, 31.821, 63.657, 636.619],
    2: [1.886, 2.92, 4.303, 6.965, 9.925, 31.599],
    3: [1.638, 2.353, 3.182, 4.541, 5.841, 12.924],
    4: [1.533, 2.132, 2.776, 3.747, 4.604, 8.61],
    5: [1.476, 2.015, 2.571, 3.365, 4.032, 6.869],
    10: [1.372, 1.812, 2.228, 2.764, 3.169, 4.587],
    20: [1.325, 1.725, 2.086, 2.528, 2.845, 3.85],
    30: [1.31, 1.697, 2.042, 2.457, 2.75, 3.646],
    60: [1.296, 1.671, 2, 2.39, 2.66, 3.46],
    120: [1.289, 1.658, 1.98, 2.358, 2.617, 3.373],
  }
  for (const [degrees, row] of Object.entries(table)) {
    for (const [index, expected] of row.entries()) {
      const tail = tails[index] ?? NaN
      const quantile = tQuantile(1 - tail, Number(degrees))
      t.equal(quantile.toFixed(3), expected.toFixed(3), `${degrees} degrees, one tail of ${String(tail)}`)
      // Back again: half a unit of the last printed digit moves the tail by this much at most.
      t.ok(near(tUpperTail(expected, Number(degrees)), tail, 0.002))
    }
  }
})

t.test("Student's t: closed forms, far into the tail", async t => {
  const degrees: readonly (readonly [number, (p: number) => number])[] = [
    [1, p => 1 / Math.tan(Math.PI * p)],
    [2, p => (1 - 2 * p) / Math.sqrt(2 * p * (1 - p))],
    // W. T. Shaw, Journal of Computational Finance 9, 2006.
    [
      4,
      p => {
        const root = Math.sqrt(4 * p * (1 - p))
        return 2 * Math.sqrt(Math.cos(Math.acos(root) / 3) / root - 1)
      },
    ],
  ]
  for (const [df, quantile] of degrees) {
    for (const tail of [0.4, 0.1, 0.01, 1e-3, 1e-4, 1e-6, 1e-8]) {
      t.ok(near(tUpperTail(quantile(tail), df), tail, 1e-9), `${String(df)} degrees, tail ${String(tail)}`)
      // The probability is given as 1 - tail, which has lost digits of the tail.
      t.ok(near(tQuantile(1 - tail, df), quantile(tail), 1e-7), `${String(df)} degrees, quantile`)
    }
  }
  for (const x of [0.5, 2, 12.924, 50, 200]) {
    const three = (Math.atan(Math.sqrt(3) / x) - x / Math.sqrt(3) / (1 + (x * x) / 3)) / Math.PI
    t.ok(near(tUpperTail(x, 3), three, 1e-6), `3 degrees, ${String(x)}`)
  }
})

t.test("Student's t: any degrees of freedom, by integrating its density", async () => {
  // With t = sqrt(df) tan(a) the density is that of cos(a) ** (df - 1), which needs no gamma function.
  const integral = (from: number, df: number): number => {
    const steps = 4000
    const width = (Math.PI / 2 - from) / steps
    let sum = 0
    for (let step = 0; step <= steps; step++) {
      const weight = step === 0 || step === steps ? 1 : step % 2 === 1 ? 4 : 2
      sum += weight * Math.max(0, Math.cos(from + step * width)) ** (df - 1)
    }
    return (sum * width) / 3
  }
  // Whole numbers made small, since fc.double is nearly always very close to zero.
  const hundredths = (min: number, max: number): fc.Arbitrary<number> =>
    fc.integer({ min: min * 100, max: max * 100 }).map(value => value / 100)
  const positive = hundredths(0, 30)
  fc.assert(
    fc.property(positive, hundredths(3, 60), (x, df) => {
      const expected = integral(Math.atan2(x, Math.sqrt(df)), df) / (2 * integral(0, df))
      return Math.abs(tUpperTail(x, df) - expected) < 1e-9 + 1e-6 * expected
    }),
  )
  const degrees = hundredths(1, 500)
  const tail = fc.double({ min: 1e-9, max: 0.4999, noNaN: true })
  fc.assert(
    fc.property(positive, degrees, degrees, tail, (x, df, other, p) => {
      const [fewer, more] = [Math.min(df, other), Math.max(df, other)]
      return (
        Math.abs(tCdf(-x, df) + tCdf(x, df) - 1) < 1e-12 &&
        near(tQuantile(p, df), -tQuantile(1 - p, df), 1e-6) &&
        near(tUpperTail(tQuantile(1 - p, df), df), p, 1e-5) &&
        // Fewer degrees of freedom have the heavier tail.
        tUpperTail(x, fewer) >= tUpperTail(x, more) - 1e-12
      )
    }),
  )
})

t.test('Welch: published examples', async t => {
  // Hours of sleep gained with two drugs (A. R. Cushny and A. R. Peebles, 1905), the data set `sleep` of R, as
  // t.test(extra ~ group) prints it: t = -1.8608, df = 17.776, p-value = 0.07939, interval -3.3654832 to 0.2054832.
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
  const sleep = difference(groupOf(first), groupOf(second))
  t.equal((sleep.estimate / sleep.standardError).toFixed(4), '-1.8608')
  t.equal(sleep.degreesOfFreedom.toFixed(3), '17.776')
  t.equal((2 * probabilityNotBelow(sleep, 0)).toFixed(5), '0.07939')
  t.equal((sleep.estimate - margin(sleep, 0.025)).toFixed(7), '-3.3654832')
  t.equal((sleep.estimate + margin(sleep, 0.025)).toFixed(7), '0.2054832')

  // Miles per gallon of manual and automatic cars, the data set `mtcars` of R, t.test(mpg ~ am): t = -3.7671,
  // df = 18.332, p-value = 0.001374, interval -11.280194 to -3.209684. Variances and sizes differ.
  const automatic = [
    21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 21.5,
  ].concat([15.5, 15.2, 13.3, 19.2])
  const manual = [21, 21, 22.8, 32.4, 30.4, 33.9, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4]
  const cars = difference(groupOf(manual), groupOf(automatic))
  t.equal((cars.estimate / cars.standardError).toFixed(4), '3.7671')
  t.equal(cars.degreesOfFreedom.toFixed(3), '18.332')
  t.equal((2 * probabilityNotAbove(cars, 0)).toFixed(6), '0.001374')
  t.equal((cars.estimate - margin(cars, 0.025)).toFixed(6), '3.209684')
  t.equal((cars.estimate + margin(cars, 0.025)).toFixed(6), '11.280194')

  const sample = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 2, maxLength: 8 })
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const { degreesOfFreedom } = difference(groupOf(a), groupOf(b))
      const least = Math.min(a.length, b.length) - 1
      return degreesOfFreedom >= least - 1e-9 && degreesOfFreedom <= a.length + b.length - 2
    }),
  )
})

t.test('Holm: a published example, and what it is by definition', async t => {
  // Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57, 1995, section 3.1: fifteen comparisons
  // of two treatments after heart attacks. Control of the familywise error rate at 0.05 rejects the first three, by
  // Bonferroni's division as by Hochberg's procedure, between which Holm's lies.
  const heart = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262,
  ].concat([0.5719, 0.6528, 0.759, 1])
  const rejected = (p: readonly number[], level: number): number[] =>
    [
      ...holm(
        p.map((value, index) => ({ value, index })),
        ({ value }, remaining) => value <= level / remaining,
      ),
    ].map(({ index }) => index)
  t.same(rejected(heart, 0.05), [0, 1, 2])

  const probability = fc.integer({ min: 0, max: 1000 }).map(value => value / 10_000)
  fc.assert(
    fc.property(fc.array(probability, { maxLength: 12 }), p => {
      // Adjusted values: the k-th smallest times the number of those not smaller, never less than the one before.
      const order = p.map((_, index) => index).sort((a, b) => (p[a] ?? 0) - (p[b] ?? 0))
      let most = 0
      const expected = order.filter((index, rank) => {
        most = Math.max(most, (p[index] ?? 0) * (p.length - rank))
        return most <= 0.05
      })
      const actual = rejected(p, 0.05).sort((a, b) => a - b)
      return actual.join() === expected.sort((a, b) => a - b).join()
    }),
  )
})
