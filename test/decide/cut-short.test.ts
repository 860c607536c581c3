import t from 'tap'
import { boundsOf } from '../../lib/decide/growth/thresholds.js'
import type { PlanSettings } from '../../lib/decide/next/next-launches.js'
import type { Component } from '../../lib/types/index.js'
import type { Behaviour, Curve } from '../support/simulated-trial.js'
import { decideInWords, simulatedRun } from '../support/simulated-trial.js'

const N = 512
const SETTINGS: PlanSettings = {
  agents: [{ name: 'agent', requires: [] }],
  operations: N,
  threshold: 64,
  errorRate: 0.05,
  unit: 'operation',
  retentionMs: 60_000,
  seed: 1,
}
const HUNG = { kind: 'hung', limit: 'trialTimeoutMs', message: 'the trial did not end' } as const

/** The application takes 6 ms an operation, and its heap warms up. */
const APPLICATION: Behaviour = {
  curves: { heap: k => 100_000 * (1 - Math.exp(-k / 100)) },
  loadMs: k => 6 * k,
}
type Run = ReturnType<typeof simulatedRun>

/** With the agent the trials are cut after half of their operations. */
const cutRun = (heap: Curve, loadMs: Curve, more: Partial<Behaviour> = {}): Run =>
  simulatedRun(SETTINGS, ({ agents, id }) => {
    if (agents.length === 0) return APPLICATION
    const noisy: Curve = k => heap(k) + 997 * ((k + id) % 3)
    return { curves: { heap: noisy }, loadMs, outcome: HUNG, reached: N / 2, ...more }
  })
const agentOf = ({ decision }: Pick<Run, 'decision'>): Component => {
  const found = decision.components.find(({ name }) => name === 'agent')
  if (found === undefined) throw new Error('no component')
  return found
}
const keeps: Curve = k => 25_000 * k
/** What is kept is gone through with every operation. */
const slower: Curve = k => 6 * k + 4.5 * k ** 2
const slow: Curve = k => 1_200 * k

t.test('growth that makes operations slower until trials are cut is a leak', async t => {
  const found = cutRun(keeps, slower)
  t.match(found.decision.culprits, [{ agents: ['agent'], metric: 'heap' }])
  const { reason, growth, trials } = agentOf(found)
  const { low, high } = boundsOf(growth)
  t.ok(low > 20_000 && high < 30_000, 'the growth that was seen')
  t.equal(trials, 2)
  t.match(reason, /until 2 trials were cut at their time limit/)
  t.match(reason, /from operation 128 to 256 of 512/)
  t.match(reason, /each operation took 3\.0 times as long as one before that/)
  t.match(reason, /idle time releases it was not checked.*128 entries.*Raise `trialTimeoutMs`/)
  t.match(
    agentOf(cutRun(k => keeps(k) + 600_000 * (1 - Math.exp(-k / 40)), slower)),
    { verdict: 'leak' },
    'also beside a start that takes memory',
  )
})

t.test('its harmless twins are not', async t => {
  const verdicts: [string, Run, RegExp][] = [
    ['merely slow', cutRun(() => 0, slow), /operations did not become slower\. Raise `trialTimeoutMs`/],
    ['slower and slower, nothing kept', cutRun(() => 0, slower), /3\.0 times as long/],
    ['a start that takes memory', cutRun(k => 3e6 * (1 - Math.exp(-k / 60)), slower), /took 3\.0 times/],
    ['a step', cutRun(k => (k > 200 ? 4e6 : 0), slower), /3\.0 times as long/],
    ['a cache that is full', cutRun(k => 25_000 * Math.min(k, 160), slower), /3\.0 times as long/],
    ['slow, and grows at an even pace', cutRun(keeps, slow), /grew by .*operations did not become slower/],
    ['it took no times', cutRun(keeps, slower, { loadMs: () => NaN }), /until they were cut/],
    [
      'cut before half',
      cutRun(keeps, slower, { reached: N / 4 }),
      /^Too many trials.*\(the trial did not end\)\. Raise `trialTimeoutMs`/,
    ],
  ]
  for (const [name, run, words] of verdicts) {
    t.match(agentOf(run), { verdict: 'inconclusive', reason: words }, name)
    t.match(agentOf(run).reason, /Too many trials of agent failed/)
    t.equal(run.decision.components[0]?.verdict, 'clean')
  }
})

t.test('one that grows beside one that does not is none, nor is one alone', async t => {
  const { trials } = cutRun(keeps, slower)
  const still = cutRun(() => 0, slower).trials
  const mixed = trials.map((trial, index) => (index % 2 === 0 ? trial : (still[index] ?? trial)))
  const swapped = trials.filter(({ agents }) => agents.length > 0)[1]
  const other = mixed.map(trial =>
    trial.id === swapped?.id ? (still.find(({ id }) => id === trial.id) ?? trial) : trial,
  )
  t.match(agentOf({ decision: decideInWords(other, SETTINGS) }), { verdict: 'inconclusive' })
  const once = trials.filter(({ id }) => id !== swapped?.id)
  t.match(agentOf({ decision: decideInWords(once, SETTINGS) }), { verdict: 'inconclusive' })
})

t.test('the application must have been measured, and must not be cut itself', async t => {
  const { trials } = cutRun(keeps, slower)
  const alone = trials.filter(({ agents }) => agents.length > 0)
  const first = decideInWords(alone, SETTINGS)
  t.equal(agentOf({ decision: first }).verdict, 'inconclusive')
  t.match(first.arms[0]?.needs.at(-1), { purpose: 'measure', operations: N })
  const everywhere = simulatedRun(SETTINGS, () => ({
    curves: { heap: () => 0 },
    ...{ loadMs: slow, outcome: HUNG, reached: N / 2 },
  }))
  t.equal(everywhere.decision.verdict, 'inconclusive')
  const itself = simulatedRun(SETTINGS, () => ({
    curves: { heap: keeps },
    ...{ loadMs: slower, outcome: HUNG, reached: N / 2 },
  }))
  t.match(itself.decision.culprits, [{ kind: 'application' }])
  t.match(itself.decision.components[0]?.reason, /In the application alone the heap grew by/)
})
