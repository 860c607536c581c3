import t from 'tap'
import { costsOf } from '../../lib/decide/costs.js'
import type { DecisionSettings } from '../../lib/types/decision-settings.js'
import { mulberry32 } from '../../lib/decide/stats/random.js'
import type { AgentCosts, Cost, PlannedTrial, Sample, TrialRecord } from '../../lib/types/index.js'
import { testSeed } from '../support/test-seed.js'
import { START, simulatedTrial } from '../support/simulated-trial.js'

const N = 2_048

const settings: DecisionSettings = {
  agents: ['burns', 'harmless'].map(name => ({ name, requires: [] })),
  ...{ operations: N, threshold: 64, errorRate: 0.05, unit: 'operation', retentionMs: 0 },
}

/** How a made-up application runs with an agent. */
interface Load {
  readonly cpuMs: number
  readonly loadMs: number
  readonly p50Ms: number
}

const ALONE: Load = { cpuMs: 0.5, loadMs: 1, p50Ms: 4 }
const LOADS: Readonly<Record<string, Load>> = {
  burns: { cpuMs: 1, loadMs: 2, p50Ms: 6 },
  harmless: ALONE,
}

/** Launches, each of which lies apart from the others by up to `scatter`; its warm-up takes three times as long. */
const made = (
  plan: readonly (string | null)[],
  {
    scatter = 0.02,
    seed = 1,
    more = {},
  }: { scatter?: number; seed?: number; more?: Partial<PlannedTrial> } = {},
): TrialRecord[] => {
  const random = mulberry32(seed)
  return plan.map((agent, index) => {
    const load = LOADS[agent ?? ''] ?? ALONE
    const factor = 1 + scatter * (2 * random() - 1)
    const warm = (operations: number): number => operations + 2 * Math.min(operations, N / 2)
    const answers = (operations: number): Pick<Sample, 'answers'> =>
      operations === 0
        ? {}
        : { answers: { count: operations / 2, p50Ms: load.p50Ms * factor, p99Ms: 3 * load.p50Ms * factor } }
    const trial = simulatedTrial(
      {
        ...{ id: index + 1, agents: agent === null ? [] : [agent], backend: 'up', purpose: 'measure' },
        operations: N,
        ...more,
      },
      {
        curves: { rss: () => (agent === 'burns' ? 30e6 : 0) * factor, heap: () => index * 100 },
        loadMs: operations => load.loadMs * factor * warm(operations),
        more: operations => ({ cpuMs: load.cpuMs * factor * warm(operations), ...answers(operations) }),
      },
    )
    return {
      ...trial,
      timings: { ...trial.timings, readyMs: 500 + (agent === 'burns' ? 200 : 0) + 4 * index },
    }
  })
}

const PLAN = [null, 'burns', 'harmless', 'harmless', null, 'burns', 'burns', null, 'harmless']

const of = (
  name: string,
  trials: readonly TrialRecord[],
  more: Partial<DecisionSettings> = {},
): AgentCosts => {
  const found = costsOf(trials, { ...settings, ...more }).find(({ agent }) => agent === name)
  if (found === undefined) throw new Error(`expected costs of ${name}`)
  return found
}

const holds = (cost: Cost | null, truth: number): boolean =>
  cost !== null && cost.low <= truth && truth <= cost.high

t.test('what an agent adds is within the interval, and nothing is within that of its twin', async t => {
  const trials = made(PLAN, { seed: testSeed })
  const burns = of('burns', trials)
  t.match(burns, { operations: N, trials: 3, reference: 3, backend: 'up', cpuMsPerSecond: null })
  t.ok((burns.cpuMsPerOperation?.low ?? 0) > 0)
  t.ok((burns.startMs?.low ?? 0) > 0)
  t.ok((burns.rssRestBytes?.low ?? 0) > 0)
  t.ok((burns.operationsPerSecond?.high ?? 0) < 0)
  t.ok((burns.p50Ms?.low ?? 0) > 0 && (burns.p99Ms?.low ?? 0) > 0)
  t.ok(Math.abs((burns.cpuMsPerOperation?.without ?? 0) - 0.5) < 0.02, 'warming up is left out')
  t.ok(Math.abs((burns.operationsPerSecond?.without ?? 0) - 1000) < 40)
  t.ok(Math.abs((burns.rssRestBytes?.without ?? 0) - START.rss) < 1)
})

t.test('the interval has the true value in 95 of 100 experiments, about', async t => {
  const seed = testSeed
  const experiments = 400
  const short = [null, 'burns', 'harmless', null, 'burns', 'harmless']
  let held = 0
  let twin = 0
  for (let index = 0; index < experiments; index++) {
    const trials = made(short, { seed: seed + index, scatter: 0.1 })
    if (holds(of('burns', trials).cpuMsPerOperation, 0.5)) held++
    if (holds(of('harmless', trials).cpuMsPerOperation, 0)) twin++
  }
  // 0.90 lies four and a half standard deviations below 0.95.
  t.ok(held > 0.9 * experiments, `of ${String(experiments)}: ${String(held)}`)
  t.ok(twin > 0.9 * experiments, `of ${String(experiments)}: ${String(twin)}`)
  t.ok(twin < experiments, 'and not by being as wide as one likes')
})

t.test('the order of the trials does not matter', async t => {
  const trials = made(PLAN)
  t.strictSame(costsOf([...trials].reverse(), settings), costsOf(trials, settings))
  t.strictSame(JSON.parse(JSON.stringify(costsOf(trials, settings))), costsOf(trials, settings))
})

t.test('nothing is said where there is not enough', async t => {
  const nothing = {
    ...{ operations: 0, trials: 0, reference: 0, cpuMsPerOperation: null, startMs: null },
    ...{ heapStartBytes: null, rssRestBytes: null, p50Ms: null, operationsPerSecond: null },
  }
  t.match(of('burns', made([null, null, 'burns'])), nothing, 'one trial')
  t.match(of('burns', made([null, 'burns', 'burns'])), nothing, 'one without it')
  t.match(of('burns', []), nothing)
  const failed = made(PLAN).map(
    trial => ({ ...trial, outcome: { kind: 'hung', limit: 'trialTimeoutMs', message: '' } }) as const,
  )
  t.match(of('burns', failed), nothing, 'only what was completed')

  const old = made(PLAN).map(trial => ({
    ...trial,
    samples: trial.samples.map(({ cpuMs, answers, ...sample }) => ({ ...sample, known: [cpuMs, answers] })),
  }))
  const figures = of('burns', old)
  t.match(figures, { cpuMsPerOperation: null, p50Ms: null, p99Ms: null }, 'readings of earlier versions')
  t.ok(figures.operationsPerSecond !== null && figures.heapStartBytes !== null, 'and what they do tell')

  const few = made(PLAN).map(trial => ({
    ...trial,
    samples: trial.samples.map(sample => ({ ...sample, answers: { count: 99, p50Ms: 1, p99Ms: 2 } })),
  }))
  t.match(of('burns', few), { p50Ms: { added: 0 }, p99Ms: null }, 'the slowest of few')
  const [first, ...others] = made(PLAN)
  const partly = {
    ...first,
    samples: first?.samples.map(({ cpuMs, ...sample }) => ({ ...sample, ms: cpuMs })),
  }
  t.equal(
    of('burns', [partly as unknown as TrialRecord, ...others]).cpuMsPerOperation,
    null,
    'one does not tell',
  )
})

t.test('trials of the largest size that both have', async t => {
  const longer = made(PLAN, { more: { operations: 2 * N } }).map(one => ({
    ...one,
    id: one.id + 20,
    continues: one.id,
  }))
  t.match(of('burns', [...made(PLAN), ...longer]), { operations: 2 * N, trials: 3 })
  const some = longer.filter(({ agents }) => agents[0] !== 'harmless')
  const both = [...made(PLAN), ...some]
  t.match([of('burns', both).operations, of('harmless', both).operations], [2 * N, N])
})

t.test('idle, an agent costs CPU by the second', async t => {
  const costs = of('burns', made(PLAN), { unit: 'second' })
  t.match(costs, { cpuMsPerOperation: null, operationsPerSecond: null })
  t.ok(holds(costs.cpuMsPerSecond, 0), 'twice the CPU in twice the time')
  t.ok(Math.abs((costs.cpuMsPerSecond?.without ?? 0) - 500) < 1)
})

t.test('each condition of the collector by itself, the application alone beside all', async t => {
  const backends = ['up', 'slow'] as const
  const slow = made(['burns', 'burns'], { seed: 9, more: { backend: 'slow' } }).map(one => ({
    ...one,
    id: one.id + 30,
  }))
  const costs = costsOf([...made(PLAN), ...slow], { ...settings, backends })
  t.strictSame(
    costs.map(({ agent, backend, trials, reference }) => [agent, backend, trials, reference]),
    [
      ['burns', 'up', 3, 3],
      ['burns', 'slow', 2, 3],
      ['harmless', 'up', 3, 3],
      ['harmless', 'slow', 0, 0],
    ],
  )
})

t.test('of several machines, trials of the same one', async t => {
  const [here, there] = [made(PLAN), made(PLAN, { seed: 5 })]
  const shared = [
    ...here.filter(({ agents }) => agents[0] !== 'harmless').map(one => ({ ...one, shard: 1 })),
    ...there
      .filter(({ agents }) => agents[0] !== 'burns')
      .map(one => ({
        ...one,
        id: one.id + 20,
        shard: 2,
        timings: { ...one.timings, readyMs: 9 * one.timings.readyMs },
      })),
  ]
  const start = (name: string): number => of(name, shared).startMs?.without ?? 0
  t.ok(start('burns') < 1000 && start('harmless') > 4000)
})
