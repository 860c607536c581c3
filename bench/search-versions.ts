import { mulberry32 } from '../lib/decide/stats/random.js'
import type { Random } from '../lib/decide/stats/random.js'
import { linesOf, normal, simulatedSearch } from '../test/support/simulated-history.js'

/** Size of the simulated leak, in thresholds. */
const LEAK = 12
const VERSIONS = 300
const BASELINE_TRIALS = 3

/** Where a history leaks: from and up to a version, that one not included; random where the history has the room. */
interface Truth {
  readonly name: string
  readonly leaks: (random: Random) => readonly (readonly [from: number, to: number])[]
}

const at = (random: Random, from: number, to: number): number => from + Math.floor(random() * (to - from))

const TRUTHS: readonly Truth[] = [
  { name: 'one edge', leaks: random => [[at(random, 1, VERSIONS), VERSIONS]] },
  {
    name: 'bad, then fixed',
    leaks: random => {
      const from = at(random, 1, 200)
      return [[from, from + at(random, 50, 100)]]
    },
  },
  {
    name: 'a short episode',
    leaks: random => {
      const from = at(random, 1, 280)
      return [[from, from + at(random, 5, 20)]]
    },
  },
  {
    name: 'returns',
    leaks: random => [
      [at(random, 20, 50), at(random, 100, 140)],
      [at(random, 200, 250), VERSIONS],
    ],
  },
  { name: 'all clean', leaks: () => [] },
]

/** A trial that lies on the wrong side of the middle, by the size of the leak in standard deviations. */
const NOISES = [
  { name: 'd/s 6.2, 0.1% of trials wrong', ratio: 6.2 },
  { name: 'd/s 4, 2% of trials wrong', ratio: 4 },
  { name: 'd/s 3.3, 5% of trials wrong', ratio: 3.3 },
  { name: 'd/s 2, 16% of trials wrong', ratio: 2 },
]

/** Trials of versions that a search took, and whether all edges were found. */
interface Cost {
  readonly tests: number
  readonly confirmed: number
  readonly right: boolean
}

/** One trial of each end and of the version in the middle, as `git bisect` does. */
function plainBisection(grow: (version: number) => number): {
  readonly tests: number
  readonly edges: number[]
} {
  const isBad = (version: number): boolean => grow(version) > LEAK / 2
  let [low, high] = [0, VERSIONS - 1]
  const [first, last] = [isBad(low), isBad(high)]
  if (first === last) return { tests: 2, edges: [] }
  let tests = 2
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    tests++
    if (isBad(middle) === first) low = middle
    else high = middle
  }
  return { tests, edges: [high] }
}

function play(truth: Truth, ratio: number, seed: number): Record<'plain' | 'search' | 'whole', Cost> {
  const random = mulberry32(seed * 7919)
  const leaks = truth.leaks(random)
  const isBad = (version: number): boolean => leaks.some(([from, to]) => version >= from && version < to)
  const deviate = (): number => (LEAK / ratio) * normal(random)
  const grow = (version: number): number => (isBad(version) ? LEAK : 0) + deviate()
  const edges = leaks.flat().filter(edge => edge < VERSIONS)
  const same = (found: readonly number[]): boolean =>
    found.length === edges.length && found.every((edge, index) => edge === edges[index])

  const plain = plainBisection(grow)
  const history = {
    lines: linesOf(VERSIONS, 6),
    grow,
    rule: (version: number) => (isBad(version) ? ('leak' as const) : ('clean' as const)),
    noise: Array.from({ length: BASELINE_TRIALS }, deviate),
  }
  const search = simulatedSearch(history, { confirm: false })
  const whole = simulatedSearch(history)
  const found = ({ belief }: typeof search): number[] => belief.edges.map(({ version }) => version)
  return {
    plain: { tests: plain.tests, confirmed: 0, right: same(plain.edges) },
    search: { tests: search.tests, confirmed: 0, right: same(found(search)) },
    whole: { tests: whole.tests, confirmed: whole.confirmed, right: same(found(whole)) },
  }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Prints trials and right answers of the search for versions beside plain bisection. */
export function versionRuns(runs: number): void {
  for (const { name, ratio } of NOISES) {
    console.log(`\n${name}; ${String(VERSIONS)} versions, ${String(runs)} runs a cell`)
    console.log(`                    plain bisection |  search alone    | with versions confirmed`)
    console.log(`history             tests   right % |  tests   right % |  tests   versions   right %`)
    for (const truth of TRUTHS) {
      const costs = Array.from({ length: runs }, (_, seed) => play(truth, ratio, seed))
      const column = (way: 'plain' | 'search' | 'whole'): string[] => {
        const all = costs.map(cost => cost[way])
        const [tests, confirmed, right] = [
          mean(all.map(cost => cost.tests)),
          mean(all.map(cost => cost.confirmed)),
          100 * mean(all.map(cost => Number(cost.right))),
        ].map(value => value.toFixed(1))
        const middle = way === 'whole' ? [(confirmed ?? '').padStart(11)] : []
        return [(tests ?? '').padStart(7), ...middle, (right ?? '').padStart(10)]
      }
      const columns = (['plain', 'search', 'whole'] as const).map(way => column(way).join(''))
      console.log(`${truth.name.padEnd(18)}${columns.join(' |')}`)
    }
  }
}
