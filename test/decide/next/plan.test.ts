import t from 'tap'
import { gridFor } from '../../../lib/decide/growth/trial-growth.js'
import { nextTrials } from '../../../lib/decide/next/next-launches.js'
import type { PlanSettings } from '../../../lib/decide/next/next-launches.js'
import { resolveTiming } from '../../../lib/options/timing.js'
import { settleSpec } from '../../../lib/trial/trial-spec.js'
import type { PlannedTrial, TrialRecord } from '../../../lib/types/index.js'
import { decide } from '../../../lib/decide/decide.js'
import { simulatedRun, simulatedTrial } from '../../support/simulated-trial.js'
import fc from '../../support/seeded-fast-check.js'

const N = 20_480
const settings = (names: readonly string[], more: Partial<PlanSettings> = {}): PlanSettings => ({
  agents: names.map(name => ({ name, requires: [] })),
  operations: N,
  threshold: 16,
  errorRate: 0.05,
  unit: 'operation',
  retentionMs: 60_000,
  seed: 7,
  ...more,
})
const plan = (trials: readonly TrialRecord[], s: PlanSettings): readonly PlannedTrial[] =>
  nextTrials(decide(trials, s), trials, s)
const steady = (rate: number) => ({ curves: { heap: (k: number): number => rate * k } })

t.test('the grid', async t => {
  t.same(gridFor(20_480), [0, 5120, 10_240, 20_480])
  t.same(gridFor(40_960).slice(1, -1), gridFor(20_480).slice(2), 'a trial goes on to twice its operations')
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 1_000_000 }), operations => {
      const grid = gridFor(operations)
      const ascending = grid.every(
        (after, index) => Number.isInteger(after) && after > (grid[index - 1] ?? -1),
      )
      return grid.length === 4 && grid[0] === 0 && grid[3] === operations && ascending
    }),
  )
})

t.test('settling', async t => {
  const http = { kind: 'http' } as const
  const idle = { kind: 'idle' } as const
  const standard = resolveTiming({}, 'standard', http)
  const unknown = { holdMs: null, receipts: false }
  const tolerance = (threshold: number, operations: number): number =>
    settleSpec({ threshold, timing: standard }, operations, unknown).toleranceBytes
  t.equal(tolerance(16, 20_480), 20_480)
  t.equal(tolerance(64, 5120), 20_480)
  t.equal(tolerance(4, 81_920), 20_480)
  t.equal(tolerance(1, 100), 8192, 'no finer than readings repeat')
  t.equal(tolerance(100_000, 81_920), 262_144)
  const wait = (effort: 'quick' | 'standard' | 'thorough', workload: typeof http | typeof idle): number =>
    settleSpec({ threshold: 16, timing: resolveTiming({}, effort, workload) }, N, unknown).maxMs
  t.ok(wait('quick', http) < wait('standard', http) && wait('standard', http) < wait('thorough', http))
  t.ok(wait('standard', idle) < wait('quick', http))
  const hold = (
    holdMs: number | null,
    workload: typeof http | typeof idle,
    receipts = false,
  ): number | null =>
    settleSpec({ threshold: 16, timing: resolveTiming({}, 'standard', workload) }, N, { holdMs, receipts })
      .holdMs
  t.equal(hold(null, http), null, 'the first trial of an arm finds out')
  t.equal(hold(2_000, http), 2_000)
  t.equal(hold(null, http, true), 0, 'receipts tell when everything is reported')
  t.equal(hold(2_000, http, true), 2_000, 'what the application itself holds has none')
  t.equal(hold(null, idle), 0, 'waiting is part of what an idle workload measures')
})

t.test('the first block starts with the baseline, later ones are shuffled', async t => {
  const agents = ['a', 'b', 'c']
  const orders = new Set<string>()
  for (let seed = 0; seed < 30; seed++) {
    const s = settings(agents, { seed })
    const first = plan([], s)
    t.same(first[0], { id: 1, agents: [], backend: 'up', purpose: 'measure', operations: N })
    t.same(
      first.map(({ id }) => id),
      [1, 2, 3, 4, 5, 6, 7, 8],
      'everything that the first look needs',
    )
    t.same(plan([], s), first, 'the same seed gives the same plan')
    for (const block of [first.slice(0, 4), first.slice(4, 8)]) {
      t.same(block.map(({ agents: on }) => on.join()).sort(), ['', 'a', 'b', 'c'], 'in blocks')
    }
    orders.add(
      first
        .slice(4, 8)
        .map(({ agents: on }) => on.join())
        .join(' '),
    )
    const done = first.map(trial => simulatedTrial(trial, steady(2)))
    t.same(plan(done, s), [], 'all clean: done')
  }
  t.ok(orders.size > 12, `of 24 orders ${orders.size} were seen`)
})

t.test('an arm that fails is tried again, a block at a time, twice at most', async t => {
  const s = settings(['a'])
  const outcome = { kind: 'crashed', exitCode: 1, signal: null, message: 'boom' } as const
  const { trials, decision } = simulatedRun(s, ({ agents }) => ({
    ...steady(0),
    ...(agents.length > 0 ? { outcome } : {}),
  }))
  t.equal(trials.filter(({ agents }) => agents.length > 0).length, 2)
  t.ok(decision.done)
})

t.test('an accused arm gets one retention trial, an arm that fills goes to twice the operations', async t => {
  const s = settings(['leaky', 'filling', 'clean'])
  const { trials } = simulatedRun(s, ({ agents: [name] }) => ({
    curves: {
      heap: k => (name === 'leaky' ? 500 * k : name === 'filling' ? 400 * Math.min(k, 15_000) : 0),
    },
  }))
  const of = (name: string, purpose: string, operations: number): number =>
    trials.filter(
      trial => trial.agents.join() === name && trial.purpose === purpose && trial.operations === operations,
    ).length
  t.equal(of('leaky', 'measure', N), 2)
  t.equal(of('leaky', 'retention', N), 1)
  t.equal(of('leaky', 'measure', 2 * N), 0)
  t.equal(of('filling', 'measure', N), 2)
  t.equal(of('filling', 'measure', 2 * N), 2)
  t.equal(of('filling', 'retention', 2 * N), 0)
  t.equal(of('clean', 'measure', 2 * N), 0)
  t.equal(of('', 'measure', 2 * N), 2)
  t.equal(new Set(trials.map(({ id }) => id)).size, trials.length)
})

t.test('required agents: their own arm is launched as the reference', async t => {
  const s = settings([], {
    agents: [
      { name: 'plugin', requires: ['sdk', 'context'] },
      { name: 'sdk', requires: ['context'] },
      { name: 'context', requires: [] },
    ],
  })
  t.same([...new Set(plan([], s).map(({ agents }) => agents.join('+')))].sort(), [
    '',
    'context',
    'plugin+sdk+context',
    'sdk+context',
  ])
  const { decision } = simulatedRun(s, ({ agents }) => steady(agents.includes('sdk') ? 100 : 0))
  t.same(
    decision.culprits.map(({ agents }) => agents),
    [['sdk']],
    'the plugin runs with the leaking sdk and is not blamed for it',
  )
})

t.test('a run always ends, within the looks', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.double({ min: 0, max: 60, noNaN: true }),
        (seed, noise) => {
          let state = seed
          const { decision, trials } = simulatedRun(settings(['a', 'b'], { seed }), () => {
            state = (state * 1103515245 + 12345) % 2147483648
            return steady((state / 2147483648) * noise)
          })
          return decision.done && trials.length <= 3 * (6 + 5 + 1)
        },
      ),
      { numRuns: 100 },
    ),
  )
})
