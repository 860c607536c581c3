import t from 'tap'
import type { DecisionSettings } from '../../lib/types/decision-settings.js'
import type { Component, PlannedTrial, TrialRecord, RunWarning } from '../../lib/types/index.js'
import type { Behaviour, Curve, ToldDecision } from '../support/simulated-trial.js'
import { decideInWords, simulatedTrial } from '../support/simulated-trial.js'

const N = 20_480
const SETTINGS: DecisionSettings = {
  agents: [{ name: 'agent', requires: [] }],
  operations: N,
  threshold: 64,
  errorRate: 0.05,
  unit: 'operation',
  retentionMs: 60_000,
}
const still: Curve = () => 0
/** From 7.5 to 92.8 MB. */
const grows: Curve = k => 4_165 * k
const agentOf = ({ components }: ToldDecision): Component | undefined =>
  components.find(({ name }) => name === 'agent')
const apart = ({ warnings }: ToldDecision): readonly RunWarning[] =>
  warnings.filter(({ code }) => code === 'TRIAL_APART')

type Made = Partial<Behaviour> & { readonly curve: Curve; readonly size?: number; readonly goesOn?: number }

/** Six trials of the application, of either size, and those of the agent, from number 7 on. */
const judge = (...agent: readonly Made[]): ToldDecision => {
  const planned = (id: number, agents: readonly string[], operations: number): PlannedTrial => ({
    ...{ id, agents, backend: 'up', purpose: 'measure', operations },
  })
  const noise =
    (curve: Curve, id: number): Curve =>
    k =>
      curve(k) + 1_000 * ((k + id) % 3)
  const alone = [N, N, N, 2 * N, 2 * N, 2 * N].map((size, index) =>
    simulatedTrial(planned(index + 1, [], size), { curves: { heap: noise(still, index) } }),
  )
  const own = agent.map(({ curve, size = N, goesOn, ...more }, index): TrialRecord => {
    const trial = planned(index + 7, ['agent'], size)
    const made = simulatedTrial(trial, { curves: { heap: noise(curve, index) }, ...more })
    return goesOn === undefined ? made : { ...made, continues: goesOn }
  })
  return decideInWords([...alone, ...own], SETTINGS)
}

t.test('a completed trial that contradicts the others is told, wherever it stands', async t => {
  t.match(
    agentOf(judge({ curve: still }, { curve: still }, { curve: still })),
    { verdict: 'clean' },
    'a twin',
  )
  const waited = { held: { holdMs: 6_000, heldBytes: 80_000_000 } }
  const cases: [string, number, ToldDecision][] = [
    ['no look comes to it', 9, judge({ curve: still }, { curve: still }, { curve: grows })],
    ['it did not wait', 9, judge({ curve: still, ...waited }, { curve: still, ...waited }, { curve: grows })],
    ['it is looked at', 7, judge({ curve: grows }, { curve: still }, { curve: still })],
    [
      'it is looked at, and did not wait',
      7,
      judge({ curve: grows }, { curve: still, ...waited }, { curve: still, ...waited }),
    ],
    [
      'longer trials of other launches are still',
      8,
      judge(
        { curve: still },
        { curve: grows },
        { curve: still, size: 2 * N, goesOn: 7 },
        { curve: still, size: 2 * N },
      ),
    ],
    [
      'a longer one beyond those that are looked at',
      11,
      judge(
        { curve: still },
        { curve: still },
        ...[still, still, grows].map(curve => ({ curve, size: 2 * N })),
      ),
    ],
  ]
  for (const [name, id, decision] of cases) {
    t.equal(agentOf(decision)?.verdict, 'inconclusive', name)
    t.match(apart(decision), [{ trial: id, agents: ['agent'], downgrades: true }], name)
    const told = new RegExp(`in trial ${String(id)} of agent the heap grows by 4,1\\d\\d B/op throughout, in`)
    t.match(apart(decision)[0]?.message, told, name)
    t.equal(decision.components[0]?.verdict, 'clean', name)
  }
  t.match(agentOf(cases[0]?.[2] as ToldDecision)?.reason, /would be called clean, but in trial 9 of agent/)
})

t.test('twins that contradict nobody', async t => {
  const fills: Curve = k => 4_165 * Math.min(k, N)
  const longer = judge(
    { curve: fills },
    { curve: still },
    { curve: fills, size: 2 * N, goesOn: 7 },
    { curve: still, size: 2 * N, goesOn: 8 },
  )
  t.match(apart(longer), [], 'its application went on, and did not')
  t.match(apart(judge({ curve: grows }, { curve: grows }, { curve: grows })), [], 'all grow')
  const step: Curve = k => (k > 12_000 ? 4e6 : 0)
  const once = judge({ curve: still }, { curve: still }, { curve: step })
  t.match(agentOf(once), { verdict: 'clean' })
  t.match(apart(once), [], 'a step is no growth throughout')
  const little = judge({ curve: still }, { curve: still }, { curve: k => 200 * k })
  t.match(apart(little), [], 'little is noise between launches')
})
