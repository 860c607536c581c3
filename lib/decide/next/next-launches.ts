import type { NextLaunches, TrialRecord } from '../../types/index.js'
import { decide } from '../decide.js'
import type { JudgedRun } from '../../types/decision-settings.js'
import type { ArmState, Decision } from '../types.js'
import { expectation, type Pace } from './expectation.js'
import { nextTrials } from './next-trials.js'
import { ownArms } from './shards.js'

/** The arms of a run that still need launches: of one that is split over machines, those that are its own. */
export function wantedArms(
  { arms }: Pick<Decision, 'arms'>,
  trials: readonly TrialRecord[],
  { settings, shard }: JudgedRun,
): readonly ArmState[] {
  return shard === undefined ? arms : ownArms(decide(trials, settings).arms, settings, shard)
}

/** What a run that ends here would have done next; `null`: nothing, or nothing ran by which to tell how long it takes. */
export function nextLaunches(
  decision: Pick<Decision, 'arms'>,
  trials: readonly TrialRecord[],
  run: JudgedRun & { readonly options: Omit<Pace, 'anew'> & { readonly seed: number } },
): NextLaunches | null {
  const { settings, options } = run
  const planned = nextTrials({ arms: wantedArms(decision, trials, run) }, trials, {
    ...settings,
    seed: options.seed,
  })
  const { concurrency, retentionMs } = options
  const expectedMs = expectation(planned, trials, { concurrency, retentionMs, anew: true })
  if (planned.length === 0 || expectedMs === null) return null
  return { launches: planned.length, expectedMs: Math.round(expectedMs) }
}
