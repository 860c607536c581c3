import { mean, variance } from '../../../decide/stats/effect.js'
import { median } from '../../../decide/stats/spread.js'

/** Growth of one metric in one night. */
export interface Point {
  /** Index of the night in the history. */
  readonly night: number
  readonly estimate: number
  /** Standard error of the estimate within the night; `null`: too few trials to know. */
  readonly standardError: number | null
  /** Whether something changed since the point before that growth may depend on, for example the agent's version. */
  readonly isSuspect: boolean
}

/** What nights are compared with. */
export interface Baseline {
  readonly level: number
  /** Of one night around the level, the noise between nights included. */
  readonly variance: number
  /** Of the variance. */
  readonly degreesOfFreedom: number
  /** Nights that the level is the mean of. */
  readonly nights: number
}

/** Scatter known from before, for example from the nights before a change. */
export type Scatter = Pick<Baseline, 'variance' | 'degreesOfFreedom'>

/** Nights farther than this from the median, in robust standard deviations, count for nothing (Hampel's identifier). */
const OUTLYING = 3.5
/** Fewer nights do not tell which of them is the odd one. */
const FEWEST_TO_DROP = 5
/** Of a normal number: standard deviation by median absolute deviation. */
const NORMAL = 1.4826
/** A measured night says this much worse than usual, as a factor of the variance, before it is trusted less. */
const WORSE = 4
/** Degrees of freedom that intervals within nights are worth. */
const WITHIN = 10
/** Scatter from before is believed as if it came from at most so many nights. */
const MOST_BEFORE = 20

/**
 * Level and scatter of nights: the mean of those that are no outliers, and their variance, pooled with that from before.
 * The variance between nights holds that within a night, so it is at least that: few nights that agree by chance do not make
 * a narrow baseline.
 *
 * @param floor smallest standard deviation that is believed
 */
export function baselineOf(points: readonly Point[], before: Scatter | null, floor: number): Baseline {
  const kept = withoutOutliers(points, before, floor).map(({ estimate }) => estimate)
  const known = before === null ? 0 : Math.min(before.degreesOfFreedom, MOST_BEFORE)
  const own = kept.length - 1
  const between = known + own
  const pooled = between > 0 ? (known * (before?.variance ?? 0) + own * variance(kept)) / between : 0
  const within = usualWithin(points)
  return {
    level: mean(kept),
    variance: Math.max(pooled, within, floor ** 2),
    // what nights know of their own scatter keeps the variance from being far too small
    degreesOfFreedom: between + (within > 0 ? WITHIN : 0),
    nights: kept.length,
  }
}

/** Variance of a night around the level, more where it was measured much worse than is usual. */
export function varianceOf(point: Point, points: readonly Point[], baseline: Baseline): number {
  const within = (point.standardError ?? 0) ** 2
  const usual = usualWithin(points)
  return baseline.variance + (usual > 0 && within > WORSE * usual ? within - usual : 0)
}

function usualWithin(points: readonly Point[]): number {
  const known = points.flatMap(({ standardError }) => (standardError === null ? [] : [standardError ** 2]))
  return known.length === 0 ? 0 : median(known)
}

function withoutOutliers(all: readonly Point[], before: Scatter | null, floor: number): readonly Point[] {
  const points = withoutBadlyMeasured(all)
  if (points.length < FEWEST_TO_DROP) return points
  const middle = median(points.map(({ estimate }) => estimate))
  const deviation = NORMAL * median(points.map(({ estimate }) => Math.abs(estimate - middle)))
  const scale = Math.max(deviation, floor, Math.sqrt(Math.max(before?.variance ?? 0, usualWithin(points))))
  return points.filter(({ estimate }) => Math.abs(estimate - middle) <= OUTLYING * scale)
}

function withoutBadlyMeasured(points: readonly Point[]): readonly Point[] {
  const most = WORSE * usualWithin(points)
  const kept = points.filter(({ standardError }) => most === 0 || (standardError ?? 0) ** 2 <= most)
  return kept.length * 2 > points.length ? kept : points
}
