import {
  type SymbolType,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolTriangle,
} from 'd3-shape'
import type { Verdict } from '../../types/index.js'
import { type Markup, markup } from './markup.js'

/** A colour that follows the page: a custom property of CSS, with what is used where there is no style sheet. */
export const COLOURS = {
  ink: 'var(--ink, #1f2328)',
  faint: 'var(--faint, #59626c)',
  grid: 'var(--rule, #d9dee3)',
  paper: 'var(--paper, #ffffff)',
  culprit: 'var(--culprit, #b83d09)',
  blue: 'var(--blue, #1a5fa8)',
  teal: 'var(--teal, #0b6b5d)',
  purple: 'var(--purple, #76409a)',
} as const

/** How lines are told apart: by dashes and marker, and by colour besides. */
export interface Look {
  readonly colour: keyof typeof COLOURS
  /** As in `stroke-dasharray`; empty: solid. */
  readonly dash: string
  readonly marker: 'circle' | 'square' | 'triangle' | 'diamond' | 'cross'
}

const MARKERS: Readonly<Record<Look['marker'], SymbolType>> = {
  circle: symbolCircle,
  square: symbolSquare,
  triangle: symbolTriangle,
  diamond: symbolDiamond,
  cross: symbolCross,
}

/** What the verdict is about: the one accent of a chart. */
export const CULPRIT_LOOKS: readonly Look[] = [
  { colour: 'culprit', dash: '', marker: 'circle' },
  { colour: 'culprit', dash: '8 3', marker: 'diamond' },
  { colour: 'culprit', dash: '4 2', marker: 'triangle' },
]

/** The culprit in company. */
export const COMPANY_LOOK: Look = { colour: 'culprit', dash: '1.5 3', marker: 'cross' }

/** What the others are compared with. */
export const BASELINE_LOOK: Look = { colour: 'faint', dash: '2 3', marker: 'square' }

export const OTHER_LOOKS: readonly Look[] = [
  { colour: 'blue', dash: '7 3', marker: 'triangle' },
  { colour: 'teal', dash: '10 3 2 3', marker: 'diamond' },
  { colour: 'purple', dash: '4 2', marker: 'cross' },
]

/** Path of a marker around 0,0 that covers `area` square units. */
export function markerPath({ marker }: Look, area: number): string {
  return symbol(MARKERS[marker], area).digits(2)() ?? ''
}

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
