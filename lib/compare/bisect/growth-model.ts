import { mean } from '../../decide/stats/effect.js'

/** What the trials of one version show. */
export interface VersionEvidence {
  /** Growth of each trial beyond the application's own, in thresholds of the metric that stands out most. */
  readonly scores: readonly number[]
  /** What the rule that judges agents said of it; `open`: it came to no answer; `null`: it was not asked. */
  readonly ruled: 'leak' | 'clean' | 'open' | null
  /** It cannot be measured: it does not install or start. */
  readonly unusable: boolean
}

/** How growth tells versions that leak from others. */
export interface GrowthModel {
  /** Growth that speaks for neither, in thresholds. */
  readonly cut: number
  /** Log-odds for a leak by each threshold of growth beyond the cut. */
  readonly slope: number
}

/** One trial may be wrong for reasons that are no noise: one in a thousand. */
const MOST_OF_A_TRIAL = Math.log(999)
/** Log-odds of 99 to 1. */
const CLEARLY = Math.log(99)
/** An answer of the rule outweighs trials and neighbours. */
const RULED = 30

/** A leak above this many thresholds, or standard deviations, tells no more by being larger: leaks differ in size. */
const LARGE = 4
const LARGE_DEVIATIONS = 6
/** A leak that shows in no version yet is taken to be of this size, or of so many standard deviations. */
const LEAST = 2
const LEAST_DEVIATIONS = 4
/** Growth shows when it is larger than this share of that. */
const SHOWS = 3 / 4
/** Healthy versions differ from each other too: a standard deviation below this share of the leak is not believed. */
const LEAST_DEVIATION = 1 / 4
/** How many trials the deviation that is assumed beforehand is worth. */
const ASSUMED_TRIALS = 2
/** How far beyond what the rule answered on one side the cut lies. */
const BEYOND = 1.5

/**
 * The model of two normal distributions, N(0, s²) for versions that do not leak and N(d, s²) for those that do: a growth x adds
 * (d / s²)(x - d/2) to the log-odds. d is the largest growth seen, as far as that matters; s comes from trials of one version and
 * of the baseline.
 * @param noise growth of baseline trials beyond their mean, in thresholds
 */
export function growthModel(versions: readonly VersionEvidence[], noise: readonly number[]): GrowthModel {
  const usable = versions.filter(version => !version.unusable && version.scores.length > 0)
  const means = usable.map(({ scores }) => mean(scores))
  const top = Math.max(0, ...means)
  const calm = usable.filter((_, index) => (means[index] ?? 0) <= Math.max(top, LEAST) / 2)
  const spread = spreadOf([noise, ...calm.map(({ scores }) => scores)], top)
  const least = Math.max(LEAST, LEAST_DEVIATIONS * spread)
  const size = top > SHOWS * least ? top : least

  const leak = Math.min(size, Math.max(LARGE, LARGE_DEVIATIONS * spread))
  const deviation = Math.max(spread, leak * LEAST_DEVIATION)
  const ruled = (answer: 'leak' | 'clean'): number[] =>
    usable.flatMap((version, index) => (version.ruled === answer ? [means[index] ?? 0] : []))
  const leastLeak = Math.min(leak / 2, ...ruled('leak').map(score => score / BEYOND))
  const cut = Math.max(leastLeak, ...ruled('clean').map(score => score * BEYOND))
  return { cut, slope: leak / deviation ** 2 }
}

/** Standard deviation of one trial, from those of one version (or the baseline) and what is assumed beforehand. */
function spreadOf(groups: readonly (readonly number[])[], top: number): number {
  const assumed = Math.max(LEAST, Math.min(top, LARGE)) * LEAST_DEVIATION
  let squares = ASSUMED_TRIALS * assumed ** 2
  let degrees = ASSUMED_TRIALS
  for (const group of groups.filter(({ length }) => length > 1)) {
    const centre = mean(group)
    squares += group.reduce((sum, value) => sum + (value - centre) ** 2, 0)
    degrees += group.length - 1
  }
  return Math.sqrt(squares / degrees)
}

/**
 * Whether a version takes part in the search. Where the rule came to no answer, only one that its trials clearly tell from those that
 * leak does: next to a leak of many times its noise, a version may be too noisy to be called clean.
 */
export function takesPart(version: VersionEvidence, model: GrowthModel): boolean {
  if (version.unusable) return false
  return version.ruled !== 'open' || logOddsOf(version, model) <= -CLEARLY
}

/** Evidence that a version leaks, as log-odds. */
export function logOddsOf({ scores, ruled }: VersionEvidence, { cut, slope }: GrowthModel): number {
  if (ruled === 'leak') return RULED
  if (ruled === 'clean') return -RULED
  return scores.reduce((sum, score) => {
    const one = slope * (score - cut)
    return sum + Math.max(-MOST_OF_A_TRIAL, Math.min(MOST_OF_A_TRIAL, one))
  }, 0)
}
