import t from 'tap'
import { difference, probabilityNotAbove } from '../../lib/decide/stats/effect.js'
import { mulberry32 } from '../../lib/decide/stats/random.js'
import { growthOfArms } from '../../lib/decide/growth/arm-growth.js'
import type { TrialGrowth } from '../../lib/decide/growth/trial-growth.js'
import { normal } from '../support/simulated-history.js'

const WIDTH = 5_120
const yardstick = { threshold: 16, floor: 0, exact: false }
const window = (rate: number, width: number, doubt = 0): TrialGrowth['late'] => ({
  ...{ rate, width, doubt, resized: 0 },
})
const trial = (middle: number, late: number, doubt = 0): TrialGrowth => ({
  middle: window(middle, WIDTH),
  late: window(late, 2 * WIDTH, doubt),
})

/** One-sided: of a clean verdict, and of an accusation by the heap with one agent. */
const LEVELS = [0.01, 0.004] as const
const DRAWS = 40_000
const SIGMAS = 4.5

/**
 * How often an arm without a difference lies above its reference, as a multiple of the level: readings are equally noisy in both windows, the
 * arm's `noise` times as much as the reference's. Bounds, measured with 400,000 draws each: a change that makes one of them worse is to be seen.
 */
const MEASURED: readonly (readonly [trials: number, noise: number, factors: readonly [number, number]])[] = [
  [2, 1, [0.58, 0.56]],
  [2, 5, [1.48, 1.83]],
  [4, 1, [0.59, 0.54]],
  [4, 5, [0.73, 0.81]],
]

const missed = (trials: number, noise: number, draws: number, seed: number): readonly number[] => {
  const random = mulberry32(seed)
  const arm = (deviation: number): TrialGrowth[] =>
    Array.from({ length: trials }, () =>
      trial((2 * deviation * normal(random)) / WIDTH, (deviation * normal(random)) / WIDTH),
    )
  const counts = LEVELS.map(() => 0)
  for (let draw = 0; draw < draws; draw++) {
    const [own, reference] = growthOfArms([arm(noise * 1_000), arm(1_000)], yardstick)
    if (own === undefined || reference === undefined) throw new Error('expected two arms')
    const p = probabilityNotAbove(difference(own.late, reference.late), 0)
    for (const [at, level] of LEVELS.entries()) if (p <= level) counts[at] = (counts[at] ?? 0) + 1
  }
  return counts
}

t.test('an arm that differs by noise alone is found to grow as often as was measured', async t => {
  for (const [index, [trials, noise, factors]] of MEASURED.entries()) {
    for (const [at, count] of missed(trials, noise, DRAWS, index).entries()) {
      const expected = DRAWS * (LEVELS[at] ?? 0) * (factors[at] ?? 0)
      const most = expected + SIGMAS * Math.sqrt(expected)
      t.ok(
        count <= most,
        `${trials} v ${trials}, noise ${noise} to 1: ${count} of at most ${most.toFixed(0)}`,
      )
    }
  }
})

t.test('one trial that lies far apart is drawn in, and its twins are not', async t => {
  const mean = (arm: readonly TrialGrowth[]): number => growthOfArms([arm], yardstick)[0]?.late.mean ?? NaN
  const quiet = [trial(2, 2), trial(3, 2.5), trial(2.5, 3)]
  const apart = mean([...quiet, trial(2, 300)])
  t.ok(apart < 10, `one bad reading of four: ${String(apart)}`)
  t.equal(mean([...quiet, trial(2, 2.6)]), (2 + 2.5 + 3 + 2.6) / 4, 'one like the others stays as it is')
  const noisy = [trial(2, 10), trial(3, -15), trial(2.5, 25), trial(2, 40)]
  t.equal(mean(noisy), 15, 'so does one of an arm whose trials all differ')
  t.equal(mean([trial(2, 2), trial(2, 300)]), 151, 'of two nobody knows which is right')
})

t.test(
  'a reading that never settled counts for less, and for as much as the others where none did',
  async t => {
    const late = (doubts: readonly [number, number]): number =>
      growthOfArms([[trial(0, 0, doubts[0]), trial(0, 20, doubts[1])]], yardstick)[0]?.late.mean ?? NaN
    t.equal(late([0, 0]), 10)
    t.ok(late([0, 400_000]) < 5)
    t.equal(late([400_000, 400_000]), 10)
  },
)

t.test('an arm is at least as noisy as what a reading can be off, and as both arms together', async t => {
  const variances = (floor: number): readonly (number | undefined)[] => {
    const arms = [
      [trial(1, 1), trial(1, 1)],
      [trial(0, 0), trial(8, 4)],
    ]
    return growthOfArms(arms, { ...yardstick, floor }).map(({ late }) => late.spread.variance)
  }
  const [quiet = 0, noisy = 0] = variances(0)
  t.ok(quiet > 0 && noisy > quiet, 'two trials that agree may do so by chance')
  t.strictSame(variances(1e6), [(1e6 / WIDTH / 2) ** 2, (1e6 / WIDTH / 2) ** 2])
})

t.test('the noise of what is exact is known, unless trials show more', async t => {
  const degrees = (exact: boolean, ...rates: readonly number[]): number | undefined =>
    growthOfArms([rates.map(rate => trial(rate, rate))], { threshold: 1, floor: 0.4, exact })[0]?.late.spread
      .degreesOfFreedom
  t.equal(degrees(true, 0.1, 0.1), 1_000)
  t.equal(degrees(false, 0.1, 0.1), 2, 'readings of bytes may agree by chance')
  t.equal(degrees(true, 0.1, 0.2), 2, 'a pool that differs from launch to launch')
})
