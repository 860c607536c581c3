import t from 'tap'
import {
  difference,
  groupOf,
  margin,
  probabilityNotAbove,
  probabilityNotBelow,
} from '../../../lib/decide/stats/effect.js'
import { mulberry32 } from '../../../lib/decide/stats/random.js'
import { normal } from '../../support/simulated-history.js'

/** One-sided: of a 90% interval, of a clean verdict, of an accusation by the heap with one agent, and with three and their sets. */
const LEVELS = [0.05, 0.02, 0.004, 0.00133] as const
const DRAWS = 30_000
const DIFFERENCE = 10
const SIGMAS = 4.5

/**
 * How often the interval misses the true difference on one side, as a multiple of the level, from 1.5 million draws of each: with equal
 * noise less often than it says, with an arm of three times the noise of its reference up to 2.2 times as often. These are bounds: a
 * change that makes one of them worse is to be seen.
 */
const MEASURED: readonly {
  readonly trials: readonly [arm: number, reference: number]
  readonly noise: readonly [arm: number, reference: number]
  readonly factors: readonly [number, number, number, number]
}[] = [
  { trials: [2, 2], noise: [1, 1], factors: [0.57, 0.44, 0.32, 0.28] },
  { trials: [2, 2], noise: [2, 1], factors: [0.67, 0.54, 0.4, 0.35] },
  { trials: [2, 2], noise: [3, 1], factors: [0.82, 0.69, 0.53, 0.46] },
  { trials: [2, 2], noise: [1, 3], factors: [0.82, 0.69, 0.52, 0.45] },
  { trials: [2, 3], noise: [1, 1], factors: [0.79, 0.7, 0.55, 0.48] },
  { trials: [2, 3], noise: [2, 1], factors: [1.1, 1.18, 1.14, 1.06] },
  { trials: [2, 3], noise: [3, 1], factors: [1.25, 1.56, 1.92, 1.92] },
  { trials: [2, 3], noise: [1, 3], factors: [0.81, 0.69, 0.53, 0.47] },
  { trials: [3, 3], noise: [1, 1], factors: [0.79, 0.68, 0.53, 0.46] },
  { trials: [3, 3], noise: [2, 1], factors: [0.91, 0.85, 0.74, 0.69] },
  { trials: [3, 3], noise: [3, 1], factors: [1.01, 1.04, 1.07, 1.04] },
  { trials: [3, 3], noise: [1, 3], factors: [1.01, 1.04, 1.06, 1.01] },
  { trials: [3, 4], noise: [1, 1], factors: [0.87, 0.79, 0.66, 0.59] },
  { trials: [3, 4], noise: [2, 1], factors: [1.03, 1.11, 1.26, 1.33] },
  { trials: [3, 4], noise: [3, 1], factors: [1.1, 1.29, 1.81, 2.22] },
  { trials: [3, 4], noise: [1, 3], factors: [0.96, 0.93, 0.87, 0.8] },
]

t.test('the interval misses the true difference as often as was measured', async t => {
  for (const [index, { trials, noise, factors }] of MEASURED.entries()) {
    const random = mulberry32(index)
    const values = (count: number, mean: number, deviation: number): number[] =>
      Array.from({ length: count }, () => mean + deviation * normal(random))
    const missed = LEVELS.map(() => 0)
    let other = 0
    for (let draw = 0; draw < DRAWS; draw++) {
      const arm = values(trials[0], 1_000 + DIFFERENCE, noise[0])
      const effect = difference(groupOf(arm), groupOf(values(trials[1], 1_000, noise[1])))
      const off = effect.estimate - DIFFERENCE
      // Below any of the quantiles, whatever the degrees of freedom.
      if (Math.abs(off) < 1.6 * effect.standardError) continue
      const p = (off > 0 ? probabilityNotAbove : probabilityNotBelow)(effect, DIFFERENCE)
      for (const [at, level] of LEVELS.entries()) {
        if (p <= level) missed[at] = (missed[at] ?? 0) + 1
        if (draw < 500 && p <= level !== Math.abs(off) >= margin(effect, level)) other++
      }
    }
    const what = `${trials.join(' v ')} trials, noise ${noise.join(' v ')}`
    t.equal(other, 0, `${what}: the interval and the probability say the same`)
    for (const [at, level] of LEVELS.entries()) {
      // Both sides count, and are alike.
      const chance = 2 * level * (factors[at] as number)
      const [expected, deviation] = [DRAWS * chance, Math.sqrt(DRAWS * chance * (1 - chance))]
      const got = missed[at] as number
      const told = `${what}, level ${level}: ${got} missed, expected ${expected.toFixed(0)} of ${DRAWS}`
      t.ok(got <= expected + SIGMAS * deviation, `${told}, not more`)
      t.ok(got >= expected - SIGMAS * deviation, `${told}, not less`)
    }
  }
})
