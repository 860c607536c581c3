/**
 * How many trials the search for a leak takes: `npm run build && npx tsc -p bench && node .cache/bench/bench/search.js`.
 * For 1 to 12 agents with none, one or two that leak and with one pair that leaks only together, beside one at a time
 * (the baseline and every agent alone). Trials in units of those of the first stage; idle checks are counted apart, and the
 * share of runs with exactly the right answer in percent.
 * Arguments: runs a cell (default 200). `--real`: instead of simulated trials, real launches of 6 and 10 seeded agents.
 * `--versions`: instead of agents, the search for the versions where a leak begins and ends, beside plain bisection.
 */
import { argv } from 'node:process'
import type { PlanSettings } from '../lib/decide/next/next-launches.js'
import { mulberry32 } from '../lib/decide/stats/random.js'
import type { Random } from '../lib/decide/stats/random.js'
import type { Culprit } from '../lib/types/index.js'
import { simulatedRun } from '../test/support/simulated-trial.js'
import { realRuns } from './search-real.js'
import { versionRuns } from './search-versions.js'

const RUNS = Number(argv.slice(2).find(argument => /^\d+$/.test(argument)) ?? 200)
const N = 20_480
const THRESHOLD = 16

/** Noise of one trial: a slope of its own over the whole trial, and every reading off by a few KB. */
interface Noise {
  readonly name: string
  readonly slope: number
  readonly readingBytes: number
}

const NOISES: readonly Noise[] = [
  { name: 'slope sd 0.5 B/op, readings 1 KB', slope: 0.5, readingBytes: 1_000 },
  { name: 'slope sd 2 B/op, readings 8 KB', slope: 2, readingBytes: 8_000 },
]

/** Who leaks, in bytes per operation; the sets of two only together. */
interface Truth {
  readonly name: string
  readonly agents: number
  readonly leaks: (
    random: Random,
    names: readonly string[],
  ) => readonly (readonly [readonly string[], number])[]
}

const TRUTHS: readonly Truth[] = [
  { name: 'no leak', agents: 1, leaks: () => [] },
  { name: 'one leaks', agents: 1, leaks: (random, names) => [[pick(random, names, 1), size(random)]] },
  {
    name: 'two leak',
    agents: 2,
    leaks: (random, names) => pick(random, names, 2).map(name => [[name], size(random)] as const),
  },
  { name: 'a pair leaks', agents: 2, leaks: (random, names) => [[pick(random, names, 2), size(random)]] },
]

function pick(random: Random, names: readonly string[], count: number): string[] {
  const left = [...names]
  const picked = Array.from(
    { length: count },
    () => left.splice(Math.floor(random() * left.length), 1)[0] ?? '',
  )
  return names.filter(name => picked.includes(name))
}

/** From three times the threshold to a hundred times. */
function size(random: Random): number {
  return THRESHOLD * 3 * (100 / 3) ** random()
}

/** Standard normal deviate by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

interface Cost {
  readonly trials: number
  readonly checks: number
  readonly right: boolean
}

type Way = Pick<PlanSettings, 'strategy' | 'together'>

/** What `auto` does. */
function auto(agents: number): Way {
  return { strategy: agents > 4 ? 'halving' : 'each', together: true }
}

const ONE_AT_A_TIME: Way = { strategy: 'each', together: false }

function play(agents: number, truth: Truth, noise: Noise, way: Way, seed: number): Cost {
  const names = Array.from({ length: agents }, (_, index) => `agent-${String(index + 1)}`)
  const random = mulberry32(seed * 7919 + agents)
  const leaks = truth.leaks(random, names)
  const harmless = new Map(names.map(name => [name, random()]))
  const settings: PlanSettings = {
    agents: names.map(name => ({ name, requires: [] })),
    operations: N,
    threshold: THRESHOLD,
    errorRate: 0.05,
    unit: 'operation',
    retentionMs: 60_000,
    seed,
    ...way,
  }
  const { decision, trials } = simulatedRun(settings, ({ agents: on }) => {
    const added = on.reduce((sum, name) => sum + (harmless.get(name) ?? 0), 0)
    const leaked = leaks
      .filter(([set]) => set.every(name => on.includes(name)))
      .reduce((sum, [, bytes]) => sum + bytes, 0)
    const slope = 2 + added + leaked + noise.slope * normal(random)
    return { curves: { heap: k => slope * k + noise.readingBytes * normal(random) } }
  })
  const measured = trials.filter(({ purpose }) => purpose === 'measure')
  return {
    trials: measured.reduce((sum, { operations }) => sum + operations / N, 0),
    checks: trials.length - measured.length,
    right: named(decision.culprits) === named(leaks.map(([set]) => ({ agents: set }))),
  }
}

/** Culprits as text, whatever their order. */
export function named(culprits: readonly Pick<Culprit, 'agents'>[]): string {
  return culprits
    .map(({ agents }) => agents.join('+'))
    .sort()
    .join(' ')
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

function row(agents: number, truth: Truth, noise: Noise): string {
  const columns = [ONE_AT_A_TIME, auto(agents)].map(way => {
    const runs = Array.from({ length: RUNS }, (_, seed) => play(agents, truth, noise, way, seed))
    return {
      trials: mean(runs.map(({ trials }) => trials)),
      checks: mean(runs.map(({ checks }) => checks)),
      right: 100 * mean(runs.map(({ right }) => Number(right))),
    }
  })
  const [alone, searched] = columns as [(typeof columns)[number], (typeof columns)[number]]
  const write = ({ trials, checks, right }: typeof alone): string =>
    [trials.toFixed(1).padStart(8), checks.toFixed(1).padStart(7), right.toFixed(1).padStart(7)].join('')
  const ratio = (searched.trials / alone.trials).toFixed(2)
  return `${truth.name.padEnd(14)}${String(agents).padStart(7)}${write(alone)} |${write(searched)}${ratio.padStart(8)}`
}

function simulated(): void {
  for (const noise of NOISES) {
    console.log(`\n${noise.name}; threshold ${String(THRESHOLD)} B/op, ${String(RUNS)} runs a cell`)
    console.log(`${' '.repeat(21)}   one at a time      |         auto`)
    console.log(`leaks          agents  trials checks right % |  trials checks right %   ratio`)
    for (const truth of TRUTHS) {
      for (let agents = truth.agents; agents <= 12; agents++) console.log(row(agents, truth, noise))
    }
  }
}

if (argv.includes('--real')) await realRuns()
else if (argv.includes('--versions')) versionRuns(RUNS)
else simulated()
