import t from 'tap'
import {
  margin,
  mean,
  ofOne,
  probabilityNotBelow,
  variance,
  difference,
  groupOf,
  holm,
} from '../../../lib/decide/stats/effect.js'
import { mulberry32, shuffle } from '../../../lib/decide/stats/random.js'
import { tCdf, tQuantile, tUpperTail } from '../../../lib/decide/stats/student-t.js'
import fc from '../../support/seeded-fast-check.js'

const values = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 2, maxLength: 8 })

t.test("Student's t agrees with published tables", async t => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2
  const table: readonly (readonly [number, number, number])[] = [
    [0.95, 1, 6.314],
    [0.975, 1, 12.706],
    [0.99, 1, 31.821],
    [0.999, 1, 318.313],
    [0.9, 2, 1.886],
    [0.975, 2, 4.303],
    [0.99, 2, 6.965],
    [0.999, 2, 22.327],
    [0.99, 3, 4.541],
    [0.999, 3, 10.215],
    [0.95, 4, 2.132],
    [0.99, 4, 3.747],
    [0.99, 5, 3.365],
    [0.999, 5, 5.893],
    [0.975, 10, 2.228],
    [0.99, 10, 2.764],
    [0.999, 10, 4.143],
    [0.975, 30, 2.042],
    [0.999, 30, 3.385],
    [0.95, 100, 1.66],
    [0.999, 100, 3.174],
  ]
  for (const [p, degrees, expected] of table) {
    // The table was cut off as well as rounded in a few places.
    t.ok(
      Math.abs(tQuantile(p, degrees) - expected) < 0.0011 * Math.max(1, expected / 10),
      `t(${p}; ${degrees}) = ${expected}, got ${tQuantile(p, degrees)}`,
    )
    t.ok(Math.abs(tCdf(tQuantile(p, degrees), degrees) - p) < 1e-10)
  }
})

t.test("Student's t agrees with closed forms for 1 and 2 degrees of freedom, far into the tail", async t => {
  for (const x of [0, 0.1, 1, 3, 10, 1000, 1e6]) {
    const cauchy = Math.atan2(1, x) / Math.PI
    t.ok(Math.abs(tUpperTail(x, 1) / cauchy - 1) < 1e-9, `1 degree, ${x}`)
    const two = 1 / (2 + x * x + x * Math.sqrt(2 + x * x))
    t.ok(Math.abs(tUpperTail(x, 2) / two - 1) < 1e-9, `2 degrees, ${x}`)
    t.ok(Math.abs(tUpperTail(-x, 2) + tUpperTail(x, 2) - 1) < 1e-12)
  }
  t.ok(Math.abs(tQuantile(0.975, 1e7) - 1.959964) < 1e-4, 'many degrees: the normal distribution')
  t.equal(tQuantile(0.3, 7), -tQuantile(0.7, 7))
  t.throws(() => tQuantile(1, 3), RangeError)
  t.throws(() => tQuantile(0.5, 0), RangeError)
})

t.test('Welch: a worked example', async t => {
  // Example 1 of the article on Welch's t-test in Wikipedia: t = -2.46, 25.0 degrees, P = 0.021.
  const a = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4]
  const b = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4]
  const effect = difference(groupOf(a), groupOf(b))
  t.equal((effect.estimate / effect.standardError).toFixed(2), '-2.46')
  t.equal(effect.degreesOfFreedom.toFixed(0), '25')
  t.equal((2 * probabilityNotBelow(effect, 0)).toFixed(3), '0.021')
  t.equal(mean([1, 2, 6]), 3)
  t.equal(variance([1, 2, 6]), 7)
  t.equal(variance([4]), 0)
})

t.test('effects: shift, scale, permutation and floor', async t => {
  fc.assert(
    fc.property(values, values, fc.double({ min: 0.01, max: 50, noNaN: true }), (a, b, factor) => {
      const up = b.map(value => value + 2000)
      const plain = difference(groupOf(a.map(value => value + 2000)), groupOf(up))
      const scaled = difference(
        groupOf(a.map(value => (value + 2000) * factor)),
        groupOf(up.map(value => value * factor)),
      )
      const close = (x: number, y: number): boolean => Math.abs(x - y) <= 1e-6 * Math.max(1, Math.abs(y))
      return (
        close(scaled.estimate, plain.estimate * factor) &&
        close(scaled.standardError, plain.standardError * factor)
      )
    }),
  )
  fc.assert(
    fc.property(values, fc.integer(), (a, seed) => {
      const other = shuffle(a, mulberry32(seed))
      return mean(a) === mean(other) && variance(a) === variance(other)
    }),
  )
  const own = ofOne(groupOf([10, 10, 10]), 0.5)
  t.match(own, { estimate: 10, standardError: 0.5, degreesOfFreedom: 2 })
  t.equal(difference(groupOf([10, 10]), groupOf([4, 4]), 0.5).estimate, 6)
  t.ok(Math.abs(margin(own, 0.05) - 2.92 * 0.5) < 0.001)
})

t.test('Holm: the example of Wikipedia', async t => {
  const p = [0.01, 0.04, 0.03, 0.005]
  t.same([...holm(p, (value, remaining) => value <= 0.05 / remaining)].sort(), [0.005, 0.01])
  t.equal(holm([0.2, 0.3], (value, remaining) => value <= 0.05 / remaining).size, 0)
  t.equal(holm([], () => true).size, 0)
})

t.test('random: mulberry32 as published, shuffles without loss', async t => {
  // The form in which it is usually given for JavaScript.
  const published = (a: number) => (): number => {
    let x = (a += 0x6d2b79f5)
    x = Math.imul(x ^ (x >>> 15), x | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296
  }
  for (const seed of [0, 1, 42, 2 ** 31, -7]) {
    const [ours, theirs] = [mulberry32(seed), published(seed)]
    t.same(Array.from({ length: 100 }, ours), Array.from({ length: 100 }, theirs))
  }
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
      const shuffled = shuffle(items, mulberry32(seed))
      const again = shuffle(items, mulberry32(seed))
      return shuffled.join() === again.join() && [...shuffled].sort().join() === [...items].sort().join()
    }),
  )
  const first = [0, 0, 0]
  for (let seed = 0; seed < 3000; seed++) {
    const place = shuffle([0, 1, 2], mulberry32(seed))[0] ?? 0
    first[place] = (first[place] ?? 0) + 1
  }
  t.ok(
    first.every(count => Math.abs(count - 1000) < 150),
    `evenly: ${first.join()}`,
  )
})
