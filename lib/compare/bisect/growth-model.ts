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
interface GrowthModel {
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

/** What is believed of a history of versions, oldest first, each of which leaks or does not. */
interface Posterior {
  /** Probability that each version leaks. */
  readonly bad: readonly number[]
  /** Probability that a version does not leak and the next one does, by the index of the former. */
  readonly begins: readonly number[]
  /** Probability that a version leaks and the next one does not. */
  readonly ends: readonly number[]
}

/** Two states, good and bad, as weights that add up to 1. */
type Pair = readonly [good: number, bad: number]

/**
 * Belief by forward and backward passes over a chain with two states (L. R. Rabiner, Proceedings of the IEEE 77, 1989). Leaks come and
 * go, so that any number of changes is possible, each with the probability `change` from one version to the next. Between
 * a good and a bad version all places of one change are equally likely before anything between them was tested: the
 * version whose probability is next to one half is the median of the posterior of the edge.
 * @param logOdds evidence that each version leaks, natural logarithm; 0: none
 */
export function posterior(logOdds: readonly number[], change: number): Posterior {
  const likelihoods = logOdds.map((value): Pair => {
    const bad = 1 / (1 + Math.exp(-value))
    return [1 - bad, bad]
  })
  const stay = 1 - change
  const step = ([good, bad]: Pair): Pair => [good * stay + bad * change, good * change + bad * stay]
  const times = (a: Pair, b: Pair): Pair => normal([a[0] * b[0], a[1] * b[1]])

  const forward: Pair[] = []
  for (const likelihood of likelihoods) {
    const before = forward.at(-1)
    forward.push(times(before === undefined ? [0.5, 0.5] : step(before), likelihood))
  }
  const backward: Pair[] = []
  for (let index = likelihoods.length - 1; index >= 0; index--) {
    const next = likelihoods[index + 1]
    backward[index] = next === undefined ? [0.5, 0.5] : normal(step(times(next, backward[index + 1] ?? next)))
  }

  const pairs = forward.slice(0, -1).map((left, index) => {
    const right = times(likelihoods[index + 1] ?? left, backward[index + 1] ?? left)
    const joint = [
      left[0] * right[0] * stay,
      left[0] * right[1] * change,
      left[1] * right[0] * change,
      left[1] * right[1] * stay,
    ]
    const total = joint.reduce((sum, value) => sum + value, 0)
    return { begins: (joint[1] ?? 0) / total, ends: (joint[2] ?? 0) / total }
  })
  return {
    bad: forward.map((pair, index) => times(pair, backward[index] ?? pair)[1]),
    begins: pairs.map(({ begins }) => begins),
    ends: pairs.map(({ ends }) => ends),
  }
}

function normal([good, bad]: Pair): Pair {
  const total = good + bad
  return [good / total, bad / total]
}
