import { symbol, symbolCircle, symbolDiamond, symbolTriangle, type SymbolType } from 'd3-shape'
import type { Verdict } from '../../types/index.js'
import { COLOURS } from './look.js'
import { markup, type Markup } from './markup.js'

const SHAPES: Readonly<Record<Verdict, SymbolType>> = {
  leak: symbolDiamond,
  inconclusive: symbolTriangle,
  clean: symbolCircle,
}

/** Colours of the verdicts; their shapes differ as well. */
export const VERDICT_COLOURS: Readonly<Record<Verdict, string>> = {
  leak: COLOURS.culprit,
  inconclusive: COLOURS.purple,
  clean: COLOURS.teal,
}

/** The sign of a verdict around 0,0: a filled diamond, a hollow triangle, a ring. */
export function verdictMarker(verdict: Verdict): Markup {
  const colour = VERDICT_COLOURS[verdict]
  const path = symbol(SHAPES[verdict], verdict === 'leak' ? 100 : 70).digits(2)()
  return markup`<path d="${path ?? ''}" fill="${verdict === 'leak' ? colour : COLOURS.paper}" stroke="${colour}" stroke-width="2"/>`
}

/** The sign as a small picture of its own, beside the word that says the same. */
export function verdictSign(verdict: Verdict): Markup {
  return markup`<svg class="sign" viewBox="-9 -9 18 18" width="18" height="18" aria-hidden="true">${verdictMarker(verdict)}</svg>`
}
