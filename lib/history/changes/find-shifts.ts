import { cusumLimit } from '../../stats/cusum-limit.js'
import { normalQuantile } from '../../stats/normal.js'
import { median } from '../../stats/median.js'
import { tUpperTail } from '../../stats/student-t.js'
import { baselineOf, varianceOf, type Baseline, type Point, type Scatter } from './baseline.js'

/** How {@link findShifts} decides. */
export interface ShiftRule {
  /** Smallest change that matters, same unit as the estimates. */
  readonly least: number
  /** Nights in which one false alarm is accepted, on average. */
  readonly nightsPerFalseAlarm: number
}

/** From some night on the growth is another. */
export interface Shift {
  /** Index among the points: the first of the new level. */
  readonly first: number
  /** Index among the points: the one that showed it. */
  readonly shown: number
  readonly direction: 'up' | 'down'
  /** Level before, mean without outliers. */
  readonly from: number
}

/** Half the shift that is found soonest, in standard deviations of a night. */
const ALLOWANCE = 1.25
/** One night counts for at most so much of the limit: no single night is an alarm, two alike are. */
const LARGEST_STEP = 0.6
/** Where the sum starts when something changed that growth may depend on, as a share of the limit. */
const HEAD_START = 0.5
/** Nights that must be known of before anything is judged. */
const FEWEST_NIGHTS = 5
/** Standard deviation believed at least, as a share of the least change that matters. */
const FLOOR = 1 / 8
/** Probabilities below it are not told apart. */
const SMALLEST = 1e-12

/**
 * Tells changes of a level from noise, night by night as they came: what is said of a night depends on no later one.
 *
 * A self-starting CUSUM in both directions (D. M. Hawkins, The Statistician 36, 1987): every night is compared with those
 * before it, in units of their scatter; by the degrees of freedom of the scatter that number is made a standard normal one, so
 * that the false alarm rate holds from the first nights on. Outliers do not enter the baseline, and one night adds at most
 * 0.6 of the limit (winsorised, after J. M. Lucas and R. B. Crosier, Communications in Statistics 11, 1982): a single odd
 * night is no change. Where a version changed, the sums start at half of the limit (fast initial response, the same authors,
 * Technometrics 24, 1982). Two nights, the last one among them, must also differ by the least change that matters.
 */
export function findShifts(points: readonly Point[], rule: ShiftRule): Shift[] {
  const limit = cusumLimit(rule.nightsPerFalseAlarm * 2, ALLOWANCE)
  const most = ALLOWANCE + LARGEST_STEP * limit
  const floor = rule.least * FLOOR
  const shifts: Shift[] = []
  let segmentStart = 0
  let before: Scatter | null = null
  let scores: number[] = []
  let up = 0
  let down = 0
  for (const [index, point] of points.entries()) {
    const earlier = points.slice(segmentStart, index)
    const baseline = earlier.length === 0 ? null : baselineOf(earlier, before, floor)
    if (baseline === null || baseline.nights < (before === null ? FEWEST_NIGHTS : 2)) {
      scores.push(0)
      continue
    }
    const score = scoreOf(point, earlier, baseline)
    if (point.isSuspect) {
      up = Math.max(up, HEAD_START * limit)
      down = Math.max(down, HEAD_START * limit)
    }
    const clipped = Math.max(-most, Math.min(most, score))
    scores.push(clipped)
    up = Math.min(limit, Math.max(0, up + clipped - ALLOWANCE))
    down = Math.min(limit, Math.max(0, down - clipped - ALLOWANCE))
    for (const direction of ['up', 'down'] as const) {
      if ((direction === 'up' ? up : down) < limit) continue
      const sign = direction === 'up' ? 1 : -1
      const first = segmentStart + likeliestStart(scores, sign)
      const level: Baseline =
        first > segmentStart ? baselineOf(points.slice(segmentStart, first), before, floor) : baseline
      const since = points.slice(first, index + 1).map(({ estimate }) => sign * (estimate - level.level))
      const differs = (share: number): boolean =>
        since.filter(by => by >= share * rule.least).length >= 2 && (since.at(-1) ?? 0) >= share * rule.least
      if (!differs(0.5) || median(since) < rule.least) continue
      shifts.push({ first, shown: index, direction, from: level.level })
      segmentStart = first
      before = level
      scores = scores.slice(-(index + 1 - first)).map(() => 0)
      up = down = 0
      break
    }
  }
  return shifts
}

/** How far a night is from those before it, as a standard normal number. */
function scoreOf(point: Point, earlier: readonly Point[], baseline: Baseline): number {
  const spread = Math.sqrt(varianceOf(point, earlier, baseline) + baseline.variance / baseline.nights)
  const t = (point.estimate - baseline.level) / spread
  const tail = Math.max(SMALLEST, tUpperTail(Math.abs(t), baseline.degreesOfFreedom))
  const size = -normalQuantile(tail)
  return t < 0 ? -size : size
}

/** Where a shift that goes on to the last score most likely began (D. V. Hinkley, Biometrika 57, 1970). */
function likeliestStart(scores: readonly number[], sign: 1 | -1): number {
  let best = scores.length - 1
  let most = -Infinity
  let sum = 0
  for (let index = scores.length - 1; index >= 0; index--) {
    sum += sign * (scores[index] ?? 0)
    const likelihood = sum > 0 ? sum ** 2 / (scores.length - index) : 0
    if (likelihood > most) {
      most = likelihood
      best = index
    }
  }
  return best
}
