import t from 'tap'
import { nextLaunches, nextTrials, type PlanSettings } from '../../../lib/decide/next/next-launches.js'
import type { ReportedOptions, TrialRecord } from '../../../lib/types/index.js'
import { decide } from '../../../lib/decide/decide.js'
import { simulatedTrial } from '../../support/simulated-trial.js'

const N = 5120
const SETTINGS: PlanSettings = {
  agents: [{ name: 'agent', requires: [] }],
  ...{ operations: N, threshold: 64, errorRate: 0.05, unit: 'operation', retentionMs: 20_000, seed: 1 },
}
const RUN = {
  settings: SETTINGS,
  options: { seed: 1, concurrency: 2, retentionMs: 20_000 } as ReportedOptions,
}

/** The first look, at an agent that grows by so much. */
function firstLook(growth: number): readonly TrialRecord[] {
  return nextTrials(decide([], SETTINGS), [], SETTINGS).map(planned =>
    simulatedTrial(planned, {
      curves: planned.agents.length > 0 ? { heap: operations => growth * operations } : {},
    }),
  )
}

t.test('what an undecided run would do next, and how long that takes', async t => {
  const trials = firstLook(64)
  t.same(
    nextLaunches(decide(trials, SETTINGS), trials, RUN),
    // Of twice the operations each, two at a time; a simulated trial takes a millisecond an operation and 7 s.
    { launches: 4, expectedMs: (4 * 2 * (N + 7000)) / 2 },
  )
  t.equal(nextLaunches(decide([], SETTINGS), [], RUN), null, 'nothing ran by which to tell')
})

t.test('nothing where all is decided', async t => {
  const trials = firstLook(0)
  t.equal(nextLaunches(decide(trials, SETTINGS), trials, RUN), null)
})
