import t from 'tap'
import { nextTrials } from '../../lib/decide/next/next-launches.js'
import type { PlanSettings } from '../../lib/decide/next/next-launches.js'
import { mulberry32, shuffle } from '../../lib/decide/stats/random.js'
import type { Metric, PlannedTrial, TrialRecord, Verdict } from '../../lib/types/index.js'
import type { ToldDecision as Decision } from '../support/simulated-trial.js'
import type { Behaviour, Curve } from '../support/simulated-trial.js'
import { decideInWords, simulatedRun } from '../support/simulated-trial.js'
import fc from '../support/seeded-fast-check.js'

const N = 5120
const THRESHOLD = 64
const ERROR_RATE = 0.05

const METRICS: readonly Metric[] = [
  ...(['heap', 'arrayBuffers', 'external', 'code', 'rss'] as const),
  ...(['handles', 'listeners', 'fds', 'threads', 'contexts'] as const),
]

type Shape = (rate: number) => Curve

const SHAPES: readonly Shape[] = [
  rate => k => rate * k,
  rate => k => 2 * rate * Math.min(k, N / 8),
  rate => k => 2 * rate * Math.min(k, N),
  rate => k => 2 * rate * Math.max(0, k - N / 2),
  rate => k => 2 * rate * Math.max(0, k - (7 * N) / 8),
  rate => k => rate * 2 ** Math.ceil(Math.log2(k + 1)),
  rate => k => rate * Math.floor(k / 500) * 500,
  rate => k => (k > 0.6 * N ? (rate * N) / 2 : 0),
]

/** A run in which each agent grows in a way of its own. */
interface Story {
  readonly seed: number
  /** B/op, standard deviation between launches. */
  readonly slopeNoise: number
  readonly readingNoise: number
  readonly agents: readonly { readonly shape: number; readonly rate: number; readonly metric: Metric }[]
  /** Share of the trials that crash. */
  readonly crashes: number
  readonly keeps: boolean
}

// fc.double is nearly always very close to zero.
const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })

const stories: fc.Arbitrary<Story> = fc.record({
  seed: fc.nat(),
  slopeNoise: between(4, 12),
  readingNoise: between(0, 20_000),
  agents: fc.array(
    fc.record({
      shape: fc.nat(SHAPES.length - 1),
      rate: between(-50, 400),
      metric: fc.constantFrom<Metric>('heap', 'heap', 'heap', 'arrayBuffers'),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  crashes: fc.constantFrom(0, 0, 0, 0.2),
  keeps: fc.constantFrom(true, true, true, false),
})

const settingsOf = ({ agents, seed }: Story): PlanSettings => ({
  agents: agents.map((_, index) => ({ name: String(index), requires: [] })),
  ...{ operations: N, threshold: THRESHOLD, errorRate: ERROR_RATE, unit: 'operation', retentionMs: 60_000 },
  seed,
})

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Readings are whole bytes: sums of them are exact. */
function behaviourOf(story: Story, { id, agents }: PlannedTrial, factor = 1): Behaviour {
  const random = mulberry32(story.seed + 7919 * id)
  const slope = 5 + story.slopeNoise * normal(random)
  const crashed = random() < story.crashes
  const grown = (metric: Metric, k: number): number =>
    agents
      .map(name => story.agents[Number(name)])
      .filter(agent => agent?.metric === metric)
      .reduce((sum, agent) => sum + (SHAPES[agent?.shape ?? 0]?.(agent?.rate ?? 0)(k) ?? 0), 0)
  const known = new Map<string, number>()
  const noise = (metric: Metric, k: number): number => {
    const place = `${metric} ${String(k)}`
    if (!known.has(place)) known.set(place, story.readingNoise * normal(random))
    return known.get(place) ?? 0
  }
  const curve =
    (metric: Metric): Curve =>
    k =>
      Math.round(slope * k + noise(metric, k) + grown(metric, k)) * factor
  return {
    curves: { heap: curve('heap'), arrayBuffers: curve('arrayBuffers') },
    ...(story.keeps ? {} : { retained: { heap: 5_000_000, arrayBuffers: 20_000 } }),
    ...(crashed
      ? {
          outcome: { kind: 'crashed', exitCode: 1, signal: null, message: 'made up' } as const,
          reached: N / 4,
          warnings: [{ code: 'LOAD_INCOMPLETE', message: 'made up', downgrades: true } as const],
        }
      : {}),
  }
}

const runOf = (story: Story, factor = 1): ReturnType<typeof simulatedRun> =>
  simulatedRun({ ...settingsOf(story), threshold: THRESHOLD * factor }, planned =>
    behaviourOf(story, planned, factor),
  )

/** Every reading changed. */
const changed = (
  trials: readonly TrialRecord[],
  by: (value: number, metric: Metric, trial: TrialRecord) => number,
): readonly TrialRecord[] =>
  trials.map(trial => ({
    ...trial,
    samples: trial.samples.map(sample => ({
      ...sample,
      values: Object.fromEntries(
        METRICS.map(metric => [metric, by(sample.values[metric] ?? 0, metric, trial)]),
      ) as Record<Metric, number>,
    })),
  }))

const verdicts = ({ components }: Decision): readonly Verdict[] => components.map(({ verdict }) => verdict)

t.test('the made-up runs end in every way', async t => {
  const made = fc.sample(stories, { numRuns: 25, seed: 1 }).map(story => verdicts(runOf(story).decision))
  t.same([...new Set(made.flat())].sort(), ['clean', 'inconclusive', 'leak'])
})

t.test('shift: adding a constant to every reading changes nothing', async t => {
  // What an agent costs once is the only thing that depends on where readings begin.
  const text = (decision: Decision): string =>
    JSON.stringify(decision, (key, value: unknown) => (key === 'startBytes' ? 0 : value))
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(stories, fc.nat(1e9), (story, shift) => {
        const settings = settingsOf(story)
        const { trials, decision } = runOf(story)
        const all = changed(trials, value => value + shift)
        // A launch may also begin anywhere, as long as it stays there.
        const each = changed(trials, (value, metric, { id }) => {
          const random = mulberry32(shift + id + METRICS.indexOf(metric))
          return value + Math.floor(random() * 1e8)
        })
        return [all, each].every(list => text(decideInWords(list, settings)) === text(decision))
      }),
      { numRuns: 15 },
    ),
  )
})

// Below a factor of 1 the threshold is less than what warming up may add, which is so many bytes whatever the factor; so is a piece of memory
// outside the heap.
t.test('scale: growth of the heap, noise and threshold times a factor change no verdict', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(stories, fc.constantFrom(2, 8, 64, 1024), (drawn, factor) => {
        const story = { ...drawn, agents: drawn.agents.map(agent => ({ ...agent, metric: 'heap' as const })) }
        const [plain, scaled] = [runOf(story), runOf(story, factor)]
        return (
          verdicts(plain.decision).join() === verdicts(scaled.decision).join() &&
          plain.trials.length === scaled.trials.length
        )
      }),
      { numRuns: 15 },
    ),
  )
})

t.test('scale: what is a share of the threshold, and the floors, which are absolute', async t => {
  const settings = { ...settingsOf({ agents: [{}], seed: 1 } as unknown as Story) }
  const verdictAt = (factor: number, times = 1.001): Verdict | undefined => {
    const steady: Curve = k => times * THRESHOLD * factor * k
    const scaled = { ...settings, threshold: THRESHOLD * factor }
    const { decision } = simulatedRun(scaled, ({ agents }) => ({
      curves: { heap: agents.length > 0 ? steady : (): number => 0 },
    }))
    return verdicts(decision)[1]
  }
  t.equal(verdictAt(1), 'inconclusive', 'readings may be off by more')
  t.equal(verdictAt(1000), 'inconclusive', 'by a share of what matters')
  t.equal(verdictAt(1, 1.3), 'leak')
  t.equal(verdictAt(1, 1.6), 'leak')
  t.equal(verdictAt(1 / 8, 1.6), 'inconclusive', 'warming up may add as much')

  const warnsAt = (factor: number): boolean => {
    const rss: Curve = k => 128 * THRESHOLD * factor * k
    const scaled = { ...settings, threshold: THRESHOLD * factor }
    const { decision } = simulatedRun(scaled, ({ agents, id }) => ({
      curves: { heap: k => 20 * (id % 3) * factor * k, rss: agents.length > 0 ? rss : (): number => 0 },
    }))
    return decision.warnings.some(({ code }) => code === 'RSS_GROWTH')
  }
  t.equal(warnsAt(1), true)
  t.equal(warnsAt(1 / 64), false, 'resident memory says nothing below 4 MB')

  const listeners = (perQuarter: number): Verdict | undefined => {
    const { decision } = simulatedRun(settings, ({ agents, operations }) => ({
      curves: { listeners: k => (agents.length > 0 ? Math.floor((perQuarter * k) / (operations / 4)) : 0) },
    }))
    return verdicts(decision)[1]
  }
  t.equal(listeners(2), 'clean', 'fewer than three counts in a quarter are chance')
  t.equal(listeners(4), 'leak')
})

t.test('permutation: the order in which trials are listed changes not a byte', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(stories, fc.integer(), (story, seed) => {
        const settings = settingsOf(story)
        const { trials, decision } = runOf(story)
        const listed = shuffle(trials, mulberry32(seed))
        const part = trials.slice(0, Math.ceil(trials.length / 2))
        const halfway = [part, shuffle(part, mulberry32(seed))].map(list => {
          const after = decideInWords(list, settings)
          return JSON.stringify([after, nextTrials(after, list, settings)])
        })
        return (
          JSON.stringify(decideInWords(listed, settings)) === JSON.stringify(decision) &&
          halfway[0] === halfway[1]
        )
      }),
      { numRuns: 15 },
    ),
  )
})

/** Smallest number that a binomial count exceeds with a probability of less than one in a thousand. */
function binomialBound(runs: number, chance: number): number {
  let term = (1 - chance) ** runs
  let cumulated = term
  let count = 0
  while (cumulated < 0.999) {
    term *= ((runs - count) / (count + 1)) * (chance / (1 - chance))
    cumulated += term
    count++
  }
  return count
}

t.test('noise never turns what cannot be told into a leak more often than errorRate', async t => {
  t.equal(binomialBound(10, 0.5), 9)
  t.equal(binomialBound(100, 0.05), 13)
  const others = METRICS.filter(metric => metric !== 'heap')
  const story = (seed: number): Story => ({
    ...{ seed, slopeNoise: 0, readingNoise: 0, agents: [], crashes: 0, keeps: true },
  })
  const settings: PlanSettings = { ...settingsOf(story(1)), agents: [{ name: 'agent', requires: [] }] }
  // Growth of exactly the threshold is what is accused most easily of all that must not be.
  const verdictWith = (slopeNoise: number, readingNoise: number, seed: number): Verdict | undefined => {
    const random = mulberry32(seed * 104_729)
    const { decision } = simulatedRun({ ...settings, seed }, ({ agents }) => {
      const slope = 5 + slopeNoise * normal(random) + (agents.length > 0 ? THRESHOLD : 0)
      return { curves: { heap: k => slope * k + readingNoise * normal(random) }, missing: others }
    })
    return verdicts(decision)[1]
  }
  const runs = 80
  const quiet = Array.from({ length: runs }, (_, seed) => verdictWith(0.5, 1000, seed))
  t.ok(
    quiet.filter(verdict => verdict === 'leak').length <= binomialBound(runs, ERROR_RATE),
    'little noise: accused at the threshold',
  )
  const undecided = quiet.flatMap((verdict, seed) => (verdict === 'inconclusive' ? [seed] : []))
  t.ok(undecided.length > runs / 2)
  for (const [slope, reading] of [
    [5, 10_000],
    [25, 50_000],
    [200, 200_000],
  ] as const) {
    const turned = undecided.filter(seed => verdictWith(slope, reading, runs + seed) === 'leak').length
    const bound = binomialBound(undecided.length, ERROR_RATE)
    t.ok(
      turned <= bound,
      `${String(slope)} B/op and ${String(reading)} bytes of noise: ${String(turned)} of ${String(undecided.length)}, at most ${String(bound)}`,
    )
  }
})
