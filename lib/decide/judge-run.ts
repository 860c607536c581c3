import { ownSettings, ownTrials } from './next/shards.js'
import type { TrialRecord } from '../types/index.js'
import { decide } from './decide.js'
import type { JudgedRun } from '../types/decision-settings.js'
import type { Decision, DecidedCulprit } from './types.js'

/** What the trials of a run show; those of a shard, of what is its own. Pure. */
export function judgeRun(trials: readonly TrialRecord[], { settings, shard }: JudgedRun): Decision {
  if (shard === undefined) return decide(trials, settings)
  const decision = decide(ownTrials(trials, settings, shard), ownSettings(settings, shard))
  return {
    ...decision,
    sets: {
      ...decision.sets,
      notExercised: [...decision.sets.notExercised, { code: 'other-shards', ...shard }],
    },
  }
}

/** Those that the trials so far accuse, whether or not it has been checked yet that idle time does not release what grew. Pure. */
export function suspects(
  trials: readonly TrialRecord[],
  { settings, shard }: JudgedRun,
): readonly DecidedCulprit[] {
  return judgeRun(trials, {
    settings: { ...settings, retentionMs: 0 },
    ...(shard === undefined ? {} : { shard }),
  }).culprits
}
