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

/** Kendall's S: pairs that rise minus pairs that fall. */
const kendall = (values: readonly number[]): number =>
  values
    .flatMap((early, index) => values.slice(index + 1).map(late => Math.sign(late - early)))
    .reduce((a, b) => a + b, 0)

/** t of the slope of a straight line through the readings. */
const slopeT = (values: readonly number[], positions: readonly number[]): number => {
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length
  const [x, y] = [mean(positions), mean(values)]
  const sxx = positions.reduce((sum, position) => sum + (position - x) ** 2, 0)
  const slope =
    positions.reduce((sum, position, index) => sum + (position - x) * ((values[index] ?? NaN) - y), 0) / sxx
  const rest = values.map((value, index) => value - y - slope * ((positions[index] ?? NaN) - x))
  const error = Math.sqrt(rest.reduce((sum, one) => sum + one ** 2, 0) / (values.length - 2) / sxx)
  return slope / error
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
    accuses: agent => heaps(agent).every((heap, index, all) => index === 0 || heap > (all[index - 1] ?? NaN)),
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
