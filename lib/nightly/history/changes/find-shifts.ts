import { median } from '../../../decide/stats/spread.js'
import { tUpperTail, normalQuantile, cusumLimit } from '../../../decide/stats/student-t.js'
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
/** From this share of the limit on nights are held back from the baseline. */
const HELD = 0.6
/** Nights that must be known of before anything is judged. */
const FEWEST_NIGHTS = 5
/** Standard deviation believed at least, as a share of the least change that matters. */
const FLOOR = 1 / 8
/** The same after a change: their scatter is known from before it. */
const FEWEST_SINCE = 2
/** In squared standard deviations, for {@link likeliestStart}. */
const MOST_MISFIT = 9
const REASON = 4
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
 * Technometrics 24, 1982). Their middle must also differ by the least change that matters.
 */
export function findShifts(points: readonly Point[], rule: ShiftRule): Shift[] {
  const limit = cusumLimit(rule.nightsPerFalseAlarm * 2, ALLOWANCE)
  const most = ALLOWANCE + LARGEST_STEP * limit
  const floor = rule.least * FLOOR
  const shifts: Shift[] = []
  let segmentStart = 0
  let before: Scatter | null = null
  const sums = { up: 0, down: 0 }
  /** Where each sum left zero. */
  const began = { up: 0, down: 0 }
  for (const [index, point] of points.entries()) {
    const fewest = before === null ? FEWEST_NIGHTS : FEWEST_SINCE
    // What may be the beginning of a shift is not learned from, or slow ones would hide in the baseline.
    const held = (['up', 'down'] as const).filter(direction => sums[direction] >= HELD * limit)
    const end = Math.min(index, ...held.map(direction => began[direction]))
    const earlier = points.slice(segmentStart, Math.min(index, Math.max(end, segmentStart + fewest)))
    if (earlier.length === 0) continue
    const baseline = baselineOf(earlier, before, floor)
    if (baseline.nights < fewest) continue
    const score = scoreOf(point, earlier, baseline)
    for (const direction of ['up', 'down'] as const) {
      const sign = direction === 'up' ? 1 : -1
      if (sums[direction] === 0) began[direction] = index
      if (point.isSuspect) sums[direction] = Math.max(sums[direction], HEAD_START * limit)
      const step = Math.max(-most, Math.min(most, sign * score)) - ALLOWANCE
      sums[direction] = Math.min(limit, Math.max(0, sums[direction] + step))
      if (sums[direction] < limit) continue
      const level = baselineOf(
        points.slice(segmentStart, Math.max(began[direction], segmentStart + 1)),
        before,
        floor,
      )
      const first = likeliestStart(points.slice(0, index + 1), began[direction], level)
      const since = points.slice(first, index + 1)
      if (
        !matters(
          since.map(({ estimate }) => sign * (estimate - level.level)),
          rule.least,
        )
      )
        continue
      shifts.push({ first, shown: index, direction, from: level.level })
      segmentStart = first
      before = level
      sums.up = sums.down = 0
      break
    }
  }
  return shifts
}

/** Whether at least two nights, the last one among them, lie clearly on one side, and their middle by as much as matters. */
function matters(differences: readonly number[], least: number): boolean {
  const clear = (by: number): boolean => by >= least / 2
  return (
    differences.filter(clear).length >= 2 && clear(differences.at(-1) ?? 0) && median(differences) >= least
  )
}

/** How far a night is from those before it, as a standard normal number. */
function scoreOf(point: Point, earlier: readonly Point[], baseline: Baseline): number {
  const spread = Math.sqrt(varianceOf(point, earlier, baseline) + baseline.variance / baseline.nights)
  const t = (point.estimate - baseline.level) / spread
  const tail = Math.max(SMALLEST, tUpperTail(Math.abs(t), baseline.degreesOfFreedom))
  const size = -normalQuantile(tail)
  return t < 0 ? -size : size
}

/**
 * The point from which on the points up to the last one fit best to a level of their own (D. V. Hinkley, Biometrika 57, 1970).
 * A point counts for at most so much, so that an odd one does not decide; one with a reason is likelier.
 * @param from first one that may be it
 */
function likeliestStart(points: readonly Point[], from: number, { level, variance }: Baseline): number {
  const misfit = ({ estimate }: Point, to: number): number =>
    Math.min(MOST_MISFIT, (estimate - to) ** 2 / variance)
  let best = from
  let least = Infinity
  for (let first = from; first <= Math.max(from, points.length - 2); first++) {
    const since = points.slice(first)
    const to = median(since.map(({ estimate }) => estimate))
    const cost =
      points.slice(from, first).reduce((sum, point) => sum + misfit(point, level), 0) +
      since.reduce((sum, point) => sum + misfit(point, to), 0) -
      (points[first]?.isSuspect === true ? REASON : 0)
    if (cost < least) [best, least] = [first, cost]
  }
  return best
}
