import type { Look } from './look.js'
import type { TickTexts } from './tick-texts.js'

/** What {@link lineChart} draws. */
export interface LineChart {
  /** Ids of the drawing begin with it, so that several fit one page: letters, digits and hyphens. */
  readonly id: string
  /** What is drawn, for those who do not see it. */
  readonly title: string
  /** What it shows, in words, for those who do not see it. */
  readonly description: string
  readonly x: ChartAxis
  readonly y: ChartAxis
  /** Later ones are drawn over earlier ones. */
  readonly lines: readonly ChartLine[]
  /** A height that matters: drawn across. */
  readonly threshold?: { readonly value: number; readonly label: string }
  /** How steep a line may be, units of y for one of x: drawn from zero, faint, without a name. */
  readonly slope?: number
  /** A stretch of x that is shaded. */
  readonly shade?: { readonly from: number; readonly to: number; readonly label: string }
}

export interface ChartAxis {
  /** Name and unit, for example `operations performed`. */
  readonly label: string
  readonly texts: TickTexts
  /**
   * Ticks with texts of their own, for example a date each night; as many as there is room for are shown. Default: round
   * numbers.
   */
  readonly ticks?: readonly { readonly at: number; readonly text: string }[]
}

export interface ChartLine {
  /** Written beside its end; empty: the line is not named. */
  readonly name: string
  readonly look: Look
  /** Drawn thicker, and its name in bold. */
  readonly isMain: boolean
  /** In the order of x. */
  readonly points: readonly ChartPoint[]
}

export interface ChartPoint {
  readonly x: number
  readonly y: number
  /** Interval around `y`, drawn as a band along the line; infinite (or `null`): open, drawn to the edge. */
  readonly low?: number | null
  readonly high?: number | null
  /** `warning`: a ring around it. `failed`: a cross instead of the marker. `later`: hollow, joined by a thin line. */
  readonly mark?: 'warning' | 'failed' | 'later'
}

/** Size of the drawing in units of its own; it scales with its box. */
export interface ChartSize {
  readonly width: number
  readonly height: number
  /** Room for names to the right of the lines; 0: only those of main lines are written, above their ends. */
  readonly namesWidth: number
}

/** For boxes from about 600 to 900 pixels. */
export const WIDE: ChartSize = { width: 760, height: 380, namesWidth: 184 }

/** For phones: 280 to 420 pixels. */
export const NARROW: ChartSize = { width: 320, height: 300, namesWidth: 0 }
