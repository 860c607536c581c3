import { scaleLinear, scaleSymlog } from 'd3-scale'
import type { Growth } from '../../types/index.js'
import { isLowerBound } from '../format/growth.js'
import type { TickTexts } from './tick-texts.js'

/** Where growth stands along a strip, in percent of its width. */
export interface IntervalScale {
  readonly at: (value: number) => number
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
  /** Whether amounts beyond the threshold are drawn closer together, so that small ones can be told apart. */
  readonly isCompressed: boolean
}

/** Room at both ends, percent: for arrows of intervals that are open. */
const ROOM = 5
/** Growth of more thresholds than this is compressed. */
const MOST_THRESHOLDS = 12
/** Least distance of two ticks, percent. */
const TICK_DISTANCE = 15
/** Least distance of a tick to the threshold, which has a line of its own, percent. */
const LIMIT_DISTANCE = 7

/** One scale for all growths that are drawn below each other, from below zero to beyond the threshold. */
export function intervalScale(
  growths: readonly Growth[],
  threshold: number,
  texts: TickTexts,
): IntervalScale {
  const amounts = growths
    .flatMap(growth =>
      isLowerBound(growth) ? [growth.estimate] : [growth.estimate, growth.low, growth.high],
    )
    .filter(value => typeof value === 'number' && Number.isFinite(value))
  const least = Math.min(0, ...amounts)
  const most = Math.max(threshold * 1.5, ...amounts)
  const isCompressed = Math.max(most, -least) > MOST_THRESHOLDS * threshold
  const range = [ROOM, 100 - ROOM] as const
  const scale = isCompressed
    ? scaleSymlog([least, most], range).constant(threshold / 3)
    : scaleLinear([least, most], range)
  const places = isCompressed
    ? roundAmounts(least, most, threshold)
    : scaleLinear([least, most], range).ticks(5)
  const limit = scale(threshold)
  const ticks = apart(
    places
      .map(value => ({ value, at: rounded(scale(value)) }))
      .filter(({ value, at }) => value === 0 || Math.abs(at - limit) >= LIMIT_DISTANCE),
  )
  const values = ticks.map(({ value }) => value)
  // Where they are of different sizes, each has a unit of its own.
  const written = isCompressed ? values.flatMap(value => texts([value])) : texts(values)
  return {
    at: value => rounded(scale(value)),
    ticks: ticks.map(({ at }, index) => ({ at, text: written[index] ?? '' })),
    isCompressed,
  }
}

/** Round amounts, those that are kept whatever is near first: zero, powers of ten from the largest, their halves. */
function roundAmounts(least: number, most: number, threshold: number): readonly number[] {
  const first = Math.floor(Math.log10(threshold))
  const last = Math.ceil(Math.log10(Math.max(most, -least)))
  const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => 10 ** (last - index))
  const halves = powers.map(power => power / 2)
  return [0, ...powers, ...halves]
    .flatMap(value => (value === 0 ? [0] : [value, -value]))
    .filter(value => value >= least && value <= most)
}

function apart<T extends { readonly at: number }>(ticks: readonly T[]): readonly T[] {
  const kept: T[] = []
  for (const tick of ticks) {
    if (kept.every(other => Math.abs(other.at - tick.at) >= TICK_DISTANCE)) kept.push(tick)
  }
  return kept.sort((a, b) => a.at - b.at)
}

function rounded(percent: number): number {
  return Math.round(percent * 100) / 100
}
