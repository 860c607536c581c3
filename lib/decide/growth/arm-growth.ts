import { type Group, mean } from '../stats/effect.js'
import { NO_SPREAD, type Spread, pooled } from '../stats/spread.js'
import { tQuantile } from '../stats/student-t.js'
import { type TrialGrowth, WINDOWS, type Window, type WindowGrowth, gridSample } from './trial-growth.js'
import type { TrialRecord } from '../../types/index.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** What growth is judged with besides the trials. */
export interface Yardstick {
  /** Growth that matters, per operation (or second). */
  readonly threshold: number
  /** Standard deviation of the growth in one window that is believed at least, in the unit of the metric: what a reading can be off. */
  readonly floor: number
  /** Whether the metric is exact but for that: trials that repeat within it then have no other noise that more of them would show. */
  readonly exact: boolean
}

export type ArmGrowth = Readonly<Record<Window, Group>>

/** A reading that never settled counts for less, but for something: it may be as right as the others. */
const LEAST_WEIGHT = 0.1

/** Degrees of freedom of a noise that is known. */
const KNOWN = 1_000

/** From this many trials on, one that lies apart from the others is drawn in. */
const ROBUST = 3

/** Chance that a trial like the others is drawn in. */
const APART = 0.005

/**
 * Growth of arms that are compared with each other in each window, with what is known of their noise.
 *
 * Two or three trials know little of their own noise, but readings are equally noisy in both windows and much the same in both arms: the
 * noise of an arm is the largest of its own over both windows, that of both arms together, and that of both arms in one window. The first
 * and the last could be small by chance, the second does not hold for an arm that is noisier than the other, or where launches differ in
 * how fast they grow. (The idea of moderating variances: G. K. Smyth, Stat. Appl. Genet. Mol. Biol. 3,
 * 2004; taking the larger keeps the error rate near what it says when arms differ up to fivefold, see `bench/rule`.)
 *
 * Of three trials or more, one that lies far from the others is drawn in to where they might just reach (P. J. Huber, Ann. Math.
 * Statist. 35, 1964, with a scale that the trial itself has no part in).
 */
export function growthOfArms(
  arms: readonly (readonly TrialGrowth[])[],
  { threshold, floor, exact }: Yardstick,
): readonly ArmGrowth[] {
  const drawn = arms.map((trials, index) => {
    const others = arms.filter((_, other) => other !== index)
    return drawnIn(trials, Math.max(floor ** 2, pooled(others.map(other => spreadOf(other))).variance))
  })
  const together = pooled(drawn.map(trials => spreadOf(trials))).variance
  return drawn.map(trials => {
    const own = spreadOf(trials)
    const least = Math.max(floor ** 2, together, own.variance)
    const isKnown = exact && Math.max(together, own.variance) <= floor ** 2
    const degreesOfFreedom = isKnown ? KNOWN : own.degreesOfFreedom
    const group = (window: Window): Group => {
      const inWindow = pooled(drawn.map(arm => spreadOf(arm, [window]))).variance
      const spread = { variance: Math.max(least, inWindow), degreesOfFreedom }
      return groupIn(window, trials, spread, threshold)
    }
    return { middle: group('middle'), late: group('late') }
  })
}

function groupIn(window: Window, trials: readonly TrialGrowth[], spread: Spread, threshold: number): Group {
  const weights = trials.map(trial => weightOf(trial[window], threshold))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const width = mean(trials.map(trial => trial[window].width))
  return {
    mean: mean(
      trials.map((trial, index) => (trial[window].rate * (weights[index] ?? 1) * trials.length) / total),
    ),
    size: total ** 2 / weights.reduce((sum, weight) => sum + weight ** 2, 0),
    spread: { ...spread, variance: spread.variance / width ** 2 },
  }
}

/** How far trials lie from their mean, in the unit of the metric. */
function spreadOf(trials: readonly TrialGrowth[], windows: readonly Window[] = WINDOWS): Spread {
  if (trials.length < 2) return NO_SPREAD
  return pooled(
    windows.map(window => {
      const rates = trials.map(trial => trial[window].rate)
      const centre = mean(rates)
      const squares = trials.map(trial => ((trial[window].rate - centre) * trial[window].width) ** 2)
      return {
        variance: (mean(squares) * trials.length) / (trials.length - 1),
        degreesOfFreedom: trials.length - 1,
      }
    }),
  )
}

function weightOf({ doubt, width }: WindowGrowth, threshold: number): number {
  return Math.max(LEAST_WEIGHT, 1 / (1 + (doubt / (threshold * width)) ** 2))
}

function drawnIn(trials: readonly TrialGrowth[], least: number): readonly TrialGrowth[] {
  if (trials.length < ROBUST) return trials
  const judged = trials.map((trial, index) => {
    const others = trials.filter((_, other) => other !== index)
    const { variance, degreesOfFreedom } = spreadOf(others)
    const reach =
      apartQuantile(degreesOfFreedom) * Math.sqrt(Math.max(least, variance) * (1 + 1 / others.length))
    return {
      trial,
      others,
      reach,
      apart: Math.max(...WINDOWS.map(window => distance(trial, others, window) / reach)),
    }
  })
  const farthest = judged.reduce((most, one) => (one.apart > most.apart ? one : most))
  if (farthest.apart <= 1) return trials
  const { others, reach } = farthest
  const into = (window: Window): WindowGrowth => {
    const own = farthest.trial[window]
    const centre = mean(others.map(trial => trial[window].rate))
    const most = reach / own.width
    return { ...own, rate: Math.min(centre + most, Math.max(centre - most, own.rate)) }
  }
  const drawn = { ...farthest.trial, middle: into('middle'), late: into('late') }
  return trials.map(trial => (trial === farthest.trial ? drawn : trial))
}

const QUANTILES = new Map<number, number>()

/** Found by bisection, for the same few degrees of freedom again and again. */
function apartQuantile(degreesOfFreedom: number): number {
  const quantile = QUANTILES.get(degreesOfFreedom) ?? tQuantile(1 - APART / 2, degreesOfFreedom)
  QUANTILES.set(degreesOfFreedom, quantile)
  return quantile
}

function distance(trial: TrialGrowth, others: readonly TrialGrowth[], window: Window): number {
  return Math.abs(trial[window].rate - mean(others.map(other => other[window].rate))) * trial[window].width
}

/** Array buffers in which an agent keeps what its collector does not take, up to a bound of its own. */
interface Held {
  /** What the trials had come to at most since their start, bytes. */
  readonly bytes: number
  readonly boundBytes: number
}

/**
 * What trials hold of that; `null` where the agents are not known to hold anything, where the collector takes what they send, and where a trial
 * holds more than the bound.
 */
export function heldWithin(
  trials: readonly TrialRecord[],
  { agents }: Pick<DecisionSettings, 'agents'>,
): Held | null {
  const [first] = trials
  if (first === undefined || first.backend === 'up') return null
  const boundBytes = agents
    .filter(({ name }) => first.agents.includes(name))
    .reduce((sum, { holdsBytes = 0 }) => sum + holdsBytes, 0)
  const taken = trials.map(trial => {
    const bytes = (sample: 'start' | 'end'): number => gridSample(trial, sample).values.arrayBuffers ?? NaN
    return bytes('end') - bytes('start')
  })
  const bytes = Math.max(...taken)
  return boundBytes > 0 && bytes <= boundBytes ? { bytes, boundBytes } : null
}

/** Growth of array buffers, which is none as long as it only fills what the agents are known to hold. */
export function withoutHeld(
  growths: readonly TrialGrowth[],
  trials: readonly TrialRecord[],
  settings: Pick<DecisionSettings, 'agents'>,
): readonly TrialGrowth[] {
  if (heldWithin(trials, settings) === null) return growths
  const still = (growth: WindowGrowth): WindowGrowth => ({
    ...growth,
    rate: Math.min(0, growth.rate),
    resized: 0,
  })
  return growths.map(({ middle, late }) => ({ middle: still(middle), late: still(late) }))
}
