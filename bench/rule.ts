/**
 * How often the decision rule is right, on simulated trials: `npx tsc -p bench && node .cache/bench/bench/rule.js`.
 * Prints leak, clean and inconclusive in percent and the mean number of trials for each kind of growth and noise, then
 * how often a call with harmless agents accuses one.
 * Arguments: runs a cell (default 400, 0: none), harmless calls (default 10,000).
 */
import type { Curve } from '../test/support/simulated-trial.js'
import { simulatedRun } from '../test/support/simulated-trial.js'
import { mulberry32 } from '../lib/stats/random.js'
import type { Random } from '../lib/stats/random.js'
import type { PlanSettings } from '../lib/plan/next-trials.js'

const [runsGiven, callsGiven] = process.argv.slice(2).map(Number)
const RUNS = runsGiven ?? 400
const CALLS = callsGiven ?? 10_000
const N = 20_480

/** Noise of one trial: a slope of its own over the whole trial, and every reading off by a few KB. */
interface Noise {
  readonly name: string
  readonly slope: number
  readonly readingBytes: number
}

const NOISES: readonly Noise[] = [
  { name: 'slope sd 0.5, readings 1 KB', slope: 0.5, readingBytes: 1_000 },
  { name: 'slope sd 0.5, readings 8 KB', slope: 0.5, readingBytes: 8_000 },
  { name: 'slope sd 5, readings 20 KB', slope: 5, readingBytes: 20_000 },
  { name: 'slope sd 24, readings 100 KB', slope: 24, readingBytes: 100_000 },
]

/** Growth of the heap that the agent adds in one trial. */
type Scenario = (random: Random, operations: number) => Curve

const doubling =
  (bytesPerEntry: number, factor: number, entriesAtStart = 0): Scenario =>
  () =>
  k => {
    let capacity = 8
    while (capacity < k + entriesAtStart) capacity *= factor
    return capacity * bytesPerEntry
  }

const lru =
  (entries: number, bytes: number): Scenario =>
  () =>
  k =>
    Math.min(k, entries) * bytes

const SCENARIOS: Readonly<Record<string, { wanted: string; scenario: Scenario; retained?: number }>> = {
  'no difference': { wanted: 'clean', scenario: () => () => 0 },
  '+5 MB offset': { wanted: 'clean', scenario: () => () => 5e6 },
  'healthy agent, decaying': {
    wanted: 'clean',
    scenario: () => k => 150_000 * (1 - Math.exp(-k / 2500)) + 4 * k,
  },
  'logarithmic, 60 KB a doubling': { wanted: 'clean', scenario: () => k => 60_000 * Math.log2(1 + k / 100) },
  'LRU 500': { wanted: 'clean', scenario: lru(500, 400) },
  'LRU 5000': { wanted: 'clean', scenario: lru(5000, 400) },
  'LRU 5000, random keys of 20,000': {
    wanted: 'clean',
    scenario: () => k => 400 * Math.min(5000, 20_000 * (1 - Math.exp(-k / 20_000))),
  },
  'LRU 9000': { wanted: 'clean', scenario: lru(9000, 400) },
  'LRU 15,000': { wanted: 'clean', scenario: lru(15_000, 400) },
  'LRU 17,500': { wanted: 'clean', scenario: lru(17_500, 400) },
  'buffer until 11,500, 1600 B/op': { wanted: 'clean', scenario: lru(11_500, 1600) },
  'one 400 KB step, random place in 10,240-20,480': {
    wanted: 'clean',
    scenario: random => {
      const at = N / 2 + (random() * N) / 2
      return k => (k >= at ? 400_000 : 0)
    },
  },
  'one 400 KB step in one trial of five': {
    wanted: 'clean',
    scenario: random => {
      const at = random() < 0.2 ? random() * N : Infinity
      return k => (k >= at ? 400_000 : 0)
    },
  },
  'one 400 KB step, random place in 20,480': {
    wanted: 'clean',
    scenario: random => {
      const at = random() * N
      return k => (k >= at ? 400_000 : 0)
    },
  },
  'one 400 KB step after 17,000': { wanted: 'clean', scenario: () => k => (k >= 17_000 ? 400_000 : 0) },
  'one 400 KB step after 12,000': { wanted: 'clean', scenario: () => k => (k >= 12_000 ? 400_000 : 0) },
  'saw-tooth of 200 KB': {
    wanted: 'clean',
    scenario: random => {
      const phase = random()
      return k => ((k / 1700 + phase) % 1) * 200_000
    },
  },
  'shrinks by 20 B/op': { wanted: 'clean', scenario: () => k => -20 * k },
  'leak of 4 B/op': { wanted: 'clean', scenario: () => k => 4 * k },
  'leak of 8 B/op': { wanted: 'clean', scenario: () => k => 8 * k },
  'leak of 16 B/op (the threshold)': { wanted: 'any', scenario: () => k => 16 * k },
  'leak of 20 B/op': { wanted: 'leak', scenario: () => k => 20 * k },
  'leak of 32 B/op': { wanted: 'leak', scenario: () => k => 32 * k },
  'leak of 128 B/op': { wanted: 'leak', scenario: () => k => 128 * k },
  'leak of 1024 B/op': { wanted: 'leak', scenario: () => k => 1024 * k },
  'Map of numbers (doubling)': { wanted: 'leak', scenario: doubling(28, 2) },
  'Map of numbers, 3100 at the start': { wanted: 'leak', scenario: doubling(28, 2, 3100) },
  'array of objects (x 1.5)': { wanted: 'leak', scenario: doubling(40, 1.5) },
  'array of numbers (8 B/op)': { wanted: 'clean', scenario: doubling(8, 1.5) },
  '64 KB on one operation in 500': {
    wanted: 'leak',
    scenario: (random, n) => {
      const kept = Array.from({ length: n * 1.125 }, () => (random() < 1 / 500 ? 65_536 : 0))
      const sums = kept.map(
        (
          sum => (value: number) =>
            (sum += value)
        )(0),
      )
      return k => sums[k - 1] ?? 0
    },
  },
  '400 KB on one operation in 12,500 (32 B/op)': {
    wanted: 'leak',
    scenario: (random, n) => {
      const at = Array.from({ length: n * 1.125 }, (_, k) => k).filter(() => random() < 1 / 12_500)
      return k => at.filter(place => place < k).length * 400_000
    },
  },
  'begins after 10,000, 100 B/op': { wanted: 'leak', scenario: () => k => Math.max(0, k - 10_000) * 100 },
  'begins after 15,000, 100 B/op': { wanted: 'leak', scenario: () => k => Math.max(0, k - 15_000) * 100 },
  'begins after 18,000, 60 B/op': { wanted: 'leak', scenario: () => k => Math.max(0, k - 18_000) * 60 },
  'begins after 30,000, 100 B/op': {
    wanted: 'not found',
    scenario: () => k => Math.max(0, k - 30_000) * 100,
  },
  'held for a time, 300 B/op': { wanted: 'clean', scenario: () => k => k * 300, retained: 5_100_000 },
}

function settingsFor(agents: number, seed: number): PlanSettings {
  return {
    agents: Array.from({ length: agents }, (_, index) => ({ name: `agent-${index + 1}`, requires: [] })),
    operations: N,
    threshold: 16,
    errorRate: 0.05,
    unit: 'operation',
    retentionMs: 60_000,
    seed,
  }
}

/** Standard normal deviate by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

function noisy(random: Random, { slope, readingBytes }: Noise, curve: Curve): Curve {
  const ownSlope = slope * normal(random)
  const offset = 200_000 * normal(random)
  return k => curve(k) + offset + (ownSlope + 2) * k + readingBytes * normal(random)
}

function percent(part: number, of: number): string {
  return ((100 * part) / of).toFixed(1).padStart(6)
}

function cell(name: string, noise: Noise): void {
  const { wanted, scenario, retained } = SCENARIOS[name] ?? { wanted: '', scenario: () => () => 0 }
  const counts = { leak: 0, clean: 0, inconclusive: 0 }
  let trials = 0
  for (let run = 0; run < RUNS; run++) {
    const random = mulberry32(run * 7919 + 17)
    const { decision, trials: made } = simulatedRun(settingsFor(1, run), planned => {
      const added = planned.agents.length > 0 ? scenario(random, planned.operations) : (): number => 0
      const heap = noisy(random, noise, added)
      return {
        curves: { heap },
        ...(retained !== undefined && planned.agents.length > 0 ? { retained: { heap: retained } } : {}),
      }
    })
    counts[decision.components[1]?.verdict ?? 'inconclusive']++
    trials += made.reduce((sum, { operations }) => sum + operations / N, 0)
  }
  const shares = [counts.leak, counts.clean, counts.inconclusive].map(count => percent(count, RUNS)).join(' ')
  console.log(`${name.padEnd(48)} ${wanted.padEnd(10)} ${shares}   ${(trials / RUNS).toFixed(1).padStart(5)}`)
}

/** Calls with agents that each add so many bytes an operation: how many accuse one. */
function harmless(noise: Noise, agents: number, adds: number, calls: number): void {
  const counts = { leak: 0, clean: 0, inconclusive: 0 }
  for (let run = 0; run < calls; run++) {
    const random = mulberry32(run * 104_729 + agents)
    const { decision } = simulatedRun(settingsFor(agents, run), ({ agents: on }) => ({
      curves: {
        heap: noisy(random, noise, k => (on.length > 0 ? adds : 0) * k),
        external: noisy(random, noise, () => 0),
        arrayBuffers: noisy(random, noise, () => 0),
      },
    }))
    counts[decision.verdict]++
  }
  const shares = [counts.leak, counts.clean, counts.inconclusive]
    .map(count => percent(count, calls))
    .join(' ')
  const columns = [
    noise.name.padEnd(34),
    String(agents).padStart(6),
    String(adds).padStart(6),
    String(calls).padStart(7),
  ]
  console.log(`${columns.join(' ')} ${shares}`)
}

for (const noise of RUNS > 0 ? NOISES : []) {
  console.log(`\n${noise.name}; threshold 16 B/op, N ${N}, ${RUNS} runs a cell`)
  console.log(
    `${''.padEnd(48)} ${'wanted'.padEnd(10)}   leak  clean   open   trials (in units of N operations)`,
  )
  for (const name of Object.keys(SCENARIOS)) cell(name, noise)
}
console.log('\nHarmless agents: calls that accuse anything. 16 B/op is the threshold itself, the worst case')
console.log(`${''.padEnd(34)} agents   B/op   calls   leak  clean   open`)
const cells = NOISES.flatMap(noise =>
  [0, 16].flatMap(adds => [1, 3, 7].map(agents => ({ noise, adds, agents }))),
)
for (const { noise, adds, agents } of cells) harmless(noise, agents, adds, Math.ceil(CALLS / cells.length))
