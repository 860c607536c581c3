import { grewEachTime, kendall, slopeT } from './trend-tests.js'
import type { TrialRecord } from '../lib/types.js'

/**
 * What people do by hand or with a few lines of script, applied to the readings of the same trials: each looks at the first
 * launch of an arm. Answers whether the rule would accuse the agent.
 */
export interface UsualRule {
  readonly name: string
  readonly accuses: (agent: TrialRecord, baseline: TrialRecord) => boolean
}

const MARGIN_BYTES = 100_000

/** Settled heap after each part of the load, without the reading before it. */
const heaps = (trial: TrialRecord): number[] =>
  trial.samples
    .filter(({ kind, operations }) => kind === 'grid' && operations > 0)
    .map(({ values }) => values.heap ?? NaN)

const grown = (trial: TrialRecord): number => {
  const [, warm = NaN, ...rest] = heaps(trial)
  return (rest.at(-1) ?? NaN) - warm
}

export const usualRules: readonly UsualRule[] = [
  {
    name: 'grew 100 KB more than without it',
    accuses: (agent, baseline) => grown(agent) - grown(baseline) > MARGIN_BYTES,
  },
  {
    name: 'grew more than without it',
    accuses: (agent, baseline) => grown(agent) > grown(baseline),
  },
  {
    name: 'grew in every round',
    accuses: agent => grewEachTime(heaps(agent)),
  },
  {
    // Four readings: S of 6, a rise everywhere, has a chance of 4.2% (Kendall's tables).
    name: 'Mann-Kendall at 5%',
    accuses: agent => kendall(heaps(agent)) >= 6,
  },
  {
    // Four readings, two degrees of freedom, one-sided.
    name: 'least squares at 5%',
    accuses: agent => slopeT(heaps(agent), [1, 2, 3, 4]) > 2.92,
  },
]
