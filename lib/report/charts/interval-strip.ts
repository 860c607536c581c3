import type { Growth, Verdict } from '../../types/index.js'
import { isLowerBound } from '../format/growth.js'
import { COLOURS, VERDICT_COLOURS, verdictMarker } from './look.js'
import { type Markup, markup } from './markup.js'
import { scaleLinear, scaleSymlog } from 'd3-scale'
import type { TickTexts } from './line-axes.js'

/** Ends of the strip, percent, where open intervals have their arrows. */
const EDGES = { low: 1.2, high: 98.8 }
/** Below this the name of the threshold stands to the right of its line, percent. */
const MIDDLE = 50

/**
 * One growth as a point with its interval as a bar, on a strip as wide as its box: markers and texts keep their size. An
 * interval without an end has an arrow there. It says nothing that the text beside it does not say.
 */
export function intervalStrip(
  growth: Growth,
  verdict: Verdict,
  threshold: number,
  { at }: IntervalScale,
): Markup {
  const colour = VERDICT_COLOURS[verdict]
  const low = isBound(growth.low) ? at(growth.low) : null
  const high = isBound(growth.high) && !isLowerBound(growth) ? at(growth.high) : null
  return markup`<svg class="strip" width="100%" height="36" aria-hidden="true" fill="none">${lines(threshold, at)}<line x1="${low ?? EDGES.low}%" x2="${high ?? EDGES.high}%" y1="50%" y2="50%" stroke="${colour}" stroke-width="3"/>${end(low, 'low', colour)}${end(high, 'high', colour)}${
    Number.isFinite(growth.estimate) ? placed(at(growth.estimate), verdictMarker(verdict)) : null
  }</svg>`
}

/** Ticks with their texts and the name of the threshold, above strips with the same scale. */
export function intervalAxis(threshold: number, label: string, { at, ticks }: IntervalScale): Markup {
  const line = at(threshold)
  const isLeft = line < MIDDLE
  return markup`<svg class="strip" width="100%" height="48" aria-hidden="true" font-size="13" fill="none"><text x="${line}%" dx="${isLeft ? -4 : 4}" y="14" text-anchor="${isLeft ? 'start' : 'end'}" fill="${COLOURS.ink}">${label}</text><line x1="${line}%" x2="${line}%" y1="20" y2="48" stroke="${COLOURS.ink}" stroke-width="1.5" stroke-dasharray="1 4" stroke-linecap="round"/>${ticks.map(
    tick =>
      markup`<text x="${tick.at}%" y="36" text-anchor="middle" fill="${COLOURS.faint}" stroke="${COLOURS.paper}" stroke-width="4" paint-order="stroke">${tick.text}</text><line x1="${tick.at}%" x2="${tick.at}%" y1="42" y2="48" stroke="${COLOURS.faint}"/>`,
  )}</svg>`
}

function lines(threshold: number, at: IntervalScale['at']): Markup {
  return markup`<line x1="${at(0)}%" x2="${at(0)}%" y1="0" y2="100%" stroke="${COLOURS.faint}"/><line x1="${at(threshold)}%" x2="${at(threshold)}%" y1="0" y2="100%" stroke="${COLOURS.ink}" stroke-width="1.5" stroke-dasharray="1 4" stroke-linecap="round"/>`
}

function end(place: number | null, side: 'low' | 'high', colour: string): Markup {
  const cap = markup`<path d="M0-6V6" stroke="${colour}" stroke-width="2"/>`
  const arrow = markup`<path d="${side === 'low' ? 'M5-6-2 0 5 6' : 'M-5-6 2 0-5 6'}" stroke="${colour}" stroke-width="2"/>`
  return place === null ? placed(EDGES[side], arrow) : placed(place, cap)
}

/** Something drawn around 0,0, in the middle of the height. */
function placed(percent: number, drawing: Markup): Markup {
  return markup`<svg x="${percent}%" y="50%" width="1" height="1" overflow="visible">${drawing}</svg>`
}

/** In JSON an infinite bound is `null`. */
function isBound(bound: number | null): bound is number {
  return bound !== null && Number.isFinite(bound)
}

/** Where growth stands along a strip, in percent of its width. */
interface IntervalScale {
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
      isLowerBound(growth)
        ? [growth.estimate]
        : [growth.estimate, ...[growth.low, growth.high].filter(isBound)],
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
