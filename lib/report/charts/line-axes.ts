import { COLOURS, type Look } from './look.js'
import { type Markup, markup } from './markup.js'
import { type ScaleLinear, scaleLinear } from 'd3-scale'
import { byteUnit, formatNumber } from '../format/bytes.js'

/** Units between two texts along x, and along y. */
const TEXT_WIDTH = 78
const TEXT_HEIGHT = 52
/** Below this width a text is longer than its step, and every other one is left out. */
const TEXT_UNITS = 7.4

/** How what lies behind the lines is told from them: dots. */
export const DOTS: Markup = markup`stroke-width="1.5" stroke-dasharray="1 4" stroke-linecap="round"`

/** Axes, grid, threshold and shade of a line chart: what lies behind the lines. */
export function axes(
  { x, y, threshold, slope, shade }: LineChart,
  plot: Plot,
  { height }: ChartSize,
): Markup {
  const { left, right, top, bottom } = plot
  const xTicks = thinned(ticksOf(x, plot.x.ticks(Math.max(2, Math.round((right - left) / TEXT_WIDTH)))), plot)
  const yTicks = ticksOf(y, plot.y.ticks(Math.max(2, Math.round((bottom - top) / TEXT_HEIGHT))))
  return markup`${
    shade === undefined
      ? null
      : markup`<rect x="${at(plot.x(shade.from))}" y="${top}" width="${at(plot.x(shade.to) - plot.x(shade.from))}" height="${bottom - top}" fill="${COLOURS.ink}" fill-opacity="0.05"/><text x="${at(plot.x(shade.from) + 6)}" y="${top + 15}" fill="${COLOURS.faint}">${shade.label}</text>`
  }${yTicks.map(
    ({ at: value, text }) =>
      markup`<path d="M${left} ${at(plot.y(value))}H${right}" stroke="${value === 0 ? COLOURS.faint : COLOURS.grid}"/><text x="${left - 8}" y="${at(plot.y(value) + 4.5)}" text-anchor="end" fill="${COLOURS.faint}">${text}</text>`,
  )}${xTicks.map(
    ({ at: value, text }) =>
      markup`<path d="M${at(plot.x(value))} ${bottom}v5" stroke="${COLOURS.faint}"/><text x="${at(plot.x(value))}" y="${bottom + 19}" text-anchor="middle" fill="${COLOURS.faint}">${text}</text>`,
  )}<text x="4" y="${top - 14}" fill="${COLOURS.faint}">${y.label}</text><text x="${right}" y="${height - 8}" text-anchor="end" fill="${COLOURS.faint}">${x.label}</text>${
    threshold === undefined
      ? null
      : markup`<path d="M${left} ${at(plot.y(threshold.value))}H${right}" stroke="${COLOURS.ink}" ${DOTS}/><text x="${right}" y="${at(plot.y(threshold.value) - 6)}" text-anchor="end" fill="${COLOURS.ink}">${threshold.label}</text>`
  }${slope === undefined ? null : steepness(slope, plot)}`
}

/** A line as steep as the slope, from zero to the right edge. */
function steepness(slope: number, { x, y, right }: Plot): Markup {
  return markup`<path d="M${at(x(0))} ${at(y(0))}L${right} ${at(y(slope * x.invert(right)))}" stroke="${COLOURS.ink}" ${DOTS}/>`
}

interface Tick {
  readonly at: number
  readonly text: string
}

function ticksOf({ ticks, texts }: ChartAxis, round: readonly number[]): readonly Tick[] {
  if (ticks !== undefined) return ticks
  const written = texts(round)
  return round.map((value, index) => ({ at: value, text: written[index] ?? '' }))
}

/** Every nth, so that texts do not touch. */
function thinned(ticks: readonly Tick[], plot: Plot): readonly Tick[] {
  const longest = Math.max(0, ...ticks.map(({ text }) => text.length)) * TEXT_UNITS + 12
  const room = Math.max(1, Math.floor((plot.right - plot.left) / longest))
  const step = Math.max(1, Math.ceil(ticks.length / room))
  return ticks.filter((_, index) => index % step === 0)
}

/** A coordinate with one decimal. */
export function at(value: number): number {
  return Math.round(value * 10) / 10
}

/** Where a line chart draws: its plot inside of the whole, and its scales. */
export interface Plot {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly x: ScaleLinear<number, number>
  readonly y: ScaleLinear<number, number>
}

const MARGIN = { top: 30, right: 14, bottom: 46, left: 62 }

/** Scales that hold everything that is finite, zero of y, the threshold and the slope. */
export function plotOf(
  { lines, x, threshold, slope = 0 }: LineChart,
  { width, height, namesWidth }: ChartSize,
): Plot {
  const points = lines.flatMap(line => line.points)
  const xs = [...points.map(point => point.x), ...(x.ticks ?? []).map(({ at }) => at)]
  const ys = points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y])
  const [least, most] = spanOf(xs)
  const box = {
    left: MARGIN.left,
    right: width - MARGIN.right - namesWidth,
    top: MARGIN.top,
    bottom: height - MARGIN.bottom,
  }
  return {
    ...box,
    x: scaleLinear([least, most], [box.left, box.right]),
    y: scaleLinear(spanOf([0, ...ys, threshold?.value ?? 0, slope * most]), [box.bottom, box.top]).nice(5),
  }
}

/** Least and most of what is finite; a single value gets room around it. */
function spanOf(values: readonly number[]): readonly [number, number] {
  const finite = values.filter(Number.isFinite)
  if (finite.length === 0) return [0, 1]
  const least = finite.reduce((a, b) => Math.min(a, b))
  const most = finite.reduce((a, b) => Math.max(a, b))
  if (least < most) return [least, most]
  return least === 0 ? [0, 1] : [least - Math.abs(least) / 2, least + Math.abs(least) / 2]
}

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

interface ChartAxis {
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

/** Texts of the ticks of an axis, in the order of the values. */
export type TickTexts = (values: readonly number[]) => readonly string[]

/** Ticks of an axis of bytes, all in the unit of the largest: `0`, `0.5 MB`, `1 MB`. */
export const byteTicks: TickTexts = values => {
  const unit = byteUnit(Math.max(0, ...values.map(Math.abs)))
  return values.map(value => (value === 0 ? '0' : `${formatNumber(value / unit.bytes, 3)} ${unit.name}`))
}

/** Ticks of an axis of counts: `0`, `5,000`, `0.002`. */
export const countTicks: TickTexts = values => values.map(value => formatNumber(value, 6))
