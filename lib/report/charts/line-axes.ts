import type { ChartAxis, ChartSize, LineChart } from './line-chart-types.js'
import type { Plot } from './line-scales.js'
import { COLOURS } from './look.js'
import { markup, type Markup } from './markup.js'

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
