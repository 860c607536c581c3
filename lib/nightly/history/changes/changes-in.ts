import type { Night } from '../night.js'
import { type Point, baselineOf } from './baseline.js'
import { differencesBetween } from './differences.js'
import { type Change, type Difference, type SeriesKey } from '../../../types/history.js'
import { type Shift, findShifts } from './find-shifts.js'
import { type Series, keyText, seriesOf } from './series.js'

/** How {@link changesIn} tells changes from noise. */
export interface ChangeRule {
  /** False alarms in 30 nights, on average, over all components and metrics. Default 0.02. */
  readonly falseAlarms?: number
  /** Smallest change that matters, as a share of the threshold (in bytes: at least 1). Default 0.25. */
  readonly leastShare?: number
}

/** A night from which on a series is not comparable with what was before. */
export interface NewBaseline extends SeriesKey {
  readonly night: number
  readonly reason: string
}

/** What a history shows besides verdicts. */
export interface HistoryChanges {
  /** Oldest first, by the night that showed them. */
  readonly changes: readonly Change[]
  readonly baselines: readonly NewBaseline[]
}

const FALSE_ALARMS = 0.02
const NIGHTS = 30
const LEAST_SHARE = 0.25
const LEAST_BYTES = 1

/**
 * Tells changes of growth from noise, night by night: what is said of a night depends on no later one. Pure. See
 * {@link findShifts} for the method; half of the accepted false alarms is for the heap, the other half for all other metrics.
 */
export function changesIn(nights: readonly Night[], rule: ChangeRule = {}): HistoryChanges {
  const { falseAlarms = FALSE_ALARMS, leastShare = LEAST_SHARE } = rule
  const all = seriesOf(nights)
  const keys = new Map(all.map(series => [keyText(series), series.metric === 'heap']))
  const heaps = [...keys.values()].filter(isHeap => isHeap).length
  const others = keys.size - heaps
  const changes = all.flatMap(series => {
    const share = heaps === 0 || others === 0 ? 1 : 0.5
    const alarms = (falseAlarms * share) / (series.metric === 'heap' ? heaps : others)
    const least = leastChange(series, leastShare)
    const shifts = findShifts(series.points, { least, nightsPerFalseAlarm: NIGHTS / alarms })
    return shifts.map((_, index) => changeOf(series, shifts, index, nights, least))
  })
  return {
    changes: changes.sort((a, b) => a.shown - b.shown),
    baselines: all.flatMap(({ component, metric, backend, points, startsAnew }) =>
      startsAnew === null || points[0] === undefined
        ? []
        : [
            {
              ...{ component, metric, ...(backend === undefined ? {} : { backend }) },
              night: points[0].night,
              reason: startsAnew,
            },
          ],
    ),
  }
}

/** Smallest change of a series that matters. */
function leastChange({ unit, threshold }: Series, share: number): number {
  return Math.max(threshold * share, unit.startsWith('bytes') ? LEAST_BYTES : Number.MIN_VALUE)
}

function changeOf(
  { component, metric, backend, unit, threshold, points, isCurrent }: Series,
  shifts: readonly Shift[],
  index: number,
  nights: readonly Night[],
  least: number,
): Change {
  const [shift, next] = [shifts[index] as Shift, shifts[index + 1]]
  const nightAt = (point: number): number => (points[point] as Point).night
  const before = nightAt(Math.max(0, shift.first - 1))
  const first = nightAt(shift.first)
  const { level } = baselineOf(points.slice(shift.first, next?.first), null, least)
  const later = points.slice(next?.first ?? points.length)
  return {
    ...{ component, metric, ...(backend === undefined ? {} : { backend }) },
    direction: shift.direction,
    from: shift.from,
    to: level,
    unit,
    threshold,
    before,
    first,
    shown: nightAt(shift.shown),
    stands: isCurrent && !isTakenBack(later, shift.from, level, least),
    changed: differencesAround(nights, before, first, nightAt(shift.shown)),
  }
}

/** Noise may move the first night by one. */
function differencesAround(
  nights: readonly Night[],
  before: number,
  first: number,
  shown: number,
): readonly Difference[] {
  const changed = differencesBetween(nights[before], nights[first])
  return changed.length > 0 ? changed : differencesBetween(nights[before], nights[shown])
}

function isTakenBack(later: readonly Point[], from: number, to: number, least: number): boolean {
  if (later.length === 0) return false
  const last = baselineOf(later.slice(-3), null, least).level
  return Math.abs(last - from) < Math.abs(to - from) / 2
}
