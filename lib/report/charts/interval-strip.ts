import type { Growth, Verdict } from '../../types/index.js'
import { isLowerBound } from '../format/growth.js'
import type { IntervalScale } from './interval-scale.js'
import { COLOURS } from './look.js'
import { markup, type Markup } from './markup.js'
import { VERDICT_COLOURS, verdictMarker } from './verdict-marker.js'

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
