import type { Random } from '../../lib/decide/stats/random.js'
import type { Curve } from '../../test/support/simulated-trial.js'

/** Growth of the heap in one trial, beside the usual noise. `id` is the number of the trial in its run. */
export type Growth = (random: Random, trial: { readonly id: number; readonly operations: number }) => Curve

export interface Scenario {
  readonly name: string
  readonly wanted: 'leak' | 'clean' | 'any' | 'not found'
  /** What the agent adds. */
  readonly agent: Growth
  /** What happens in every trial, with the agent or without. */
  readonly everyTrial?: Growth
  /** Heap after the idle wait. Default: nothing is released. */
  readonly retained?: number
}

/** Standard effort, for which the scenarios are made. */
export const N = 20_480

const nothing: Growth = () => () => 0
const steady =
  (bytes: number): Growth =>
  () =>
  k =>
    bytes * k

const doubling =
  (bytesPerEntry: number, factor: number, entriesAtStart = 0): Growth =>
  () =>
  k => {
    let capacity = 8
    while (capacity < k + entriesAtStart) capacity *= factor
    return capacity * bytesPerEntry
  }

const lru =
  (entries: number, bytes: number): Growth =>
  () =>
  k =>
    Math.min(k, entries) * bytes

const from =
  (start: number, bytes: number): Growth =>
  () =>
  k =>
    Math.max(0, k - start) * bytes

const stepAt =
  (place: (random: Random) => number): Growth =>
  random => {
    const at = place(random)
    return k => (k >= at ? 400_000 : 0)
  }

const pieces =
  (bytes: number, every: number): Growth =>
  random => {
    // As long as a trial may go on.
    const at = Array.from({ length: N * 5 }, (_, k) => k).filter(() => random() < 1 / every)
    return k => at.filter(place => place < k).length * bytes
  }

const agents: readonly Scenario[] = [
  { name: 'no difference', wanted: 'clean', agent: nothing },
  { name: '+5 MB offset', wanted: 'clean', agent: () => () => 5e6 },
  {
    name: 'healthy agent, decaying',
    wanted: 'clean',
    agent: () => k => 150_000 * (1 - Math.exp(-k / 2500)) + 4 * k,
  },
  {
    name: 'logarithmic, 60 KB a doubling',
    wanted: 'clean',
    agent: () => k => 60_000 * Math.log2(1 + k / 100),
  },
  { name: 'LRU 500', wanted: 'clean', agent: lru(500, 400) },
  { name: 'LRU 5000', wanted: 'clean', agent: lru(5000, 400) },
  {
    name: 'LRU 5000, random keys of 20,000',
    wanted: 'clean',
    agent: () => k => 400 * Math.min(5000, 20_000 * (1 - Math.exp(-k / 20_000))),
  },
  { name: 'LRU 9000', wanted: 'clean', agent: lru(9000, 400) },
  { name: 'LRU 15,000', wanted: 'clean', agent: lru(15_000, 400) },
  { name: 'LRU 17,500', wanted: 'clean', agent: lru(17_500, 400) },
  { name: 'buffer until 11,500, 1600 B/op', wanted: 'clean', agent: lru(11_500, 1600) },
  {
    name: 'one 400 KB step, random place in 10,240-20,480',
    wanted: 'clean',
    agent: stepAt(random => N / 2 + (random() * N) / 2),
  },
  {
    name: 'one 400 KB step in one trial of five',
    wanted: 'clean',
    agent: stepAt(random => (random() < 0.2 ? random() * N : Infinity)),
  },
  {
    name: 'one 400 KB step, random place in 20,480',
    wanted: 'clean',
    agent: stepAt(random => random() * N),
  },
  { name: 'one 400 KB step after 17,000', wanted: 'clean', agent: stepAt(() => 17_000) },
  { name: 'one 400 KB step after 12,000', wanted: 'clean', agent: stepAt(() => 12_000) },
  {
    name: 'saw-tooth of 200 KB',
    wanted: 'clean',
    agent: random => {
      const phase = random()
      return k => ((k / 1700 + phase) % 1) * 200_000
    },
  },
  { name: 'shrinks by 20 B/op', wanted: 'clean', agent: steady(-20) },
  { name: 'leak of 4 B/op', wanted: 'clean', agent: steady(4) },
  { name: 'leak of 8 B/op', wanted: 'clean', agent: steady(8) },
  { name: 'leak of 16 B/op (the threshold)', wanted: 'any', agent: steady(16) },
  { name: 'leak of 20 B/op', wanted: 'leak', agent: steady(20) },
  { name: 'leak of 32 B/op', wanted: 'leak', agent: steady(32) },
  { name: 'leak of 128 B/op', wanted: 'leak', agent: steady(128) },
  { name: 'leak of 1024 B/op', wanted: 'leak', agent: steady(1024) },
  { name: 'Map of numbers (doubling)', wanted: 'leak', agent: doubling(28, 2) },
  { name: 'Map of numbers, 3100 at the start', wanted: 'leak', agent: doubling(28, 2, 3100) },
  { name: 'array of objects (x 1.5)', wanted: 'leak', agent: doubling(40, 1.5) },
  { name: 'array of numbers (8 B/op)', wanted: 'clean', agent: doubling(8, 1.5) },
  { name: '64 KB on one operation in 500', wanted: 'leak', agent: pieces(65_536, 500) },
  {
    name: '400 KB on one operation in 12,500 (32 B/op)',
    wanted: 'leak',
    agent: pieces(400_000, 12_500),
  },
  { name: 'begins after 10,000, 100 B/op', wanted: 'leak', agent: from(10_000, 100) },
  { name: 'begins after 15,000, 100 B/op', wanted: 'leak', agent: from(15_000, 100) },
  { name: 'begins after 18,000, 60 B/op', wanted: 'leak', agent: from(18_000, 60) },
  { name: 'begins after 30,000, 100 B/op', wanted: 'not found', agent: from(30_000, 100) },
  { name: 'held for a time, 300 B/op', wanted: 'clean', agent: steady(300), retained: 5_100_000 },
]

/** Disturbances of the application, the machine or the readings, which hit trials of every arm. */
const disturbances: readonly (readonly [string, Growth])[] = [
  [
    'launches of two kinds, 0 or 12 B/op',
    random => {
      const bytes = random() < 0.5 ? 0 : 12
      return k => bytes * k
    },
  ],
  ['one reading in 20 off by 150 KB', random => () => (random() < 1 / 20 ? 150_000 : 0)],
  ['400 KB step in one launch of ten', stepAt(random => (random() < 0.1 ? random() * N : Infinity))],
  ['400 KB step in one launch of three', stepAt(random => (random() < 1 / 3 ? random() * N : Infinity))],
  [
    'drift, 0.5 B/op more with each trial',
    (_, { id }) =>
      k =>
        0.5 * id * k,
  ],
  [
    'from the 5th trial on 10 B/op more',
    (_, { id }) =>
      k =>
        (id >= 5 ? 10 : 0) * k,
  ],
]

export const SCENARIOS: readonly Scenario[] = [
  ...agents,
  ...disturbances.flatMap(([name, everyTrial]): Scenario[] => [
    { name: `${name}: no difference`, wanted: 'clean', agent: nothing, everyTrial },
    { name: `${name}: leak of 32 B/op`, wanted: 'leak', agent: steady(32), everyTrial },
  ]),
]
