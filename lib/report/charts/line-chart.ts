import { area, line } from 'd3-shape'
import { shorten } from '../format/layout.js'
import {
  at,
  axes,
  type Plot,
  plotOf,
  type ChartLine,
  type ChartPoint,
  type ChartSize,
  type LineChart,
  WIDE,
} from './line-axes.js'
import { COLOURS, markerPath } from './look.js'
import { type Markup, markup } from './markup.js'

/** With more points a line has markers only where something is marked, and at its end. */
const MOST_MARKERS = 40
const NAME_HEIGHT = 18
const NAME_UNITS = { plain: 7, bold: 8.2 }

/**
 * Lines over x as one `<svg>`: intervals as bands, a threshold across, points that are marked, names beside the ends. It scales
 * with its box, takes its colours from the page (`--ink`, `--faint`, `--rule`, `--paper`, `--culprit`, `--blue`,
 * `--teal`, `--purple`) and has its own where the page has none. Points that are not finite are left out.
 */
export function lineChart(chart: LineChart, size: ChartSize = WIDE): string {
  const plot = plotOf(chart, size)
  const lines = chart.lines.map(one => ({
    ...one,
    points: one.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)),
  }))
  const { id } = chart
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img" aria-labelledby="${id}-title ${id}-text" font-family="system-ui, sans-serif" font-size="13" fill="none"><title id="${id}-title">${chart.title}</title><desc id="${id}-text">${chart.description}</desc>${axes(
    chart,
    plot,
    size,
  )}${lines.map(one => drawnLine(one, plot))}${size.namesWidth > 0 ? namesBeside(lines, plot, size) : lines.map(one => nameAbove(one, plot))}</svg>`.toString()
}

function drawnLine({ look, isMain, points }: ChartLine, plot: Plot): Markup {
  const colour = COLOURS[look.colour]
  const dash = look.dash === '' ? null : markup` stroke-dasharray="${look.dash}"`
  const later = points.findIndex(({ mark }) => mark === 'later')
  const path = pathOf(later < 0 ? points : points.slice(0, later), plot)
  const rest = later < 0 ? null : pathOf(points.slice(Math.max(0, later - 1)), plot)
  const marked = points.filter(
    ({ mark }, index) => points.length <= MOST_MARKERS || mark !== undefined || index === points.length - 1,
  )
  return markup`${band(points, plot, colour)}<path d="${path}" stroke="${colour}" stroke-width="${isMain ? 2.5 : 1.75}" stroke-linejoin="round"${dash}/>${
    rest === null ? null : markup`<path d="${rest}" stroke="${colour}" stroke-dasharray="1 3"/>`
  }${marked.map(point => marker(point, { look, isMain }, plot))}`
}

function pathOf(points: readonly ChartPoint[], plot: Plot): string {
  const write = line<ChartPoint>(
    ({ x }) => plot.x(x),
    ({ y }) => plot.y(y),
  ).digits(1)
  return write(points) ?? ''
}

function band(points: readonly ChartPoint[], plot: Plot, colour: string): Markup | null {
  if (points.every(({ low, high }) => low === undefined && high === undefined)) return null
  const edge = (bound: number | null | undefined, y: number, open: number): number =>
    bound === undefined ? plot.y(y) : bound !== null && Number.isFinite(bound) ? plot.y(bound) : open
  const write = area<ChartPoint>()
    .x(({ x }) => plot.x(x))
    .y0(({ y, low }) => edge(low, y, plot.bottom))
    .y1(({ y, high }) => edge(high, y, plot.top))
    .digits(1)
  return markup`<path d="${write(points) ?? ''}" fill="${colour}" fill-opacity="0.13"/>`
}

function marker(
  { x, y, mark }: ChartPoint,
  { look, isMain }: Pick<ChartLine, 'look' | 'isMain'>,
  plot: Plot,
): Markup {
  const colour = COLOURS[look.colour]
  const to = `translate(${String(at(plot.x(x)))} ${String(at(plot.y(y)))})`
  if (mark === 'failed') {
    return markup`<path transform="${to}" d="M-5-5 5 5M-5 5 5-5" stroke="${COLOURS.paper}" stroke-width="5"/><path transform="${to}" d="M-5-5 5 5M-5 5 5-5" stroke="${colour}" stroke-width="2.5"/>`
  }
  const shape = markerPath(look, isMain ? 56 : 40)
  return markup`${
    mark === 'warning'
      ? markup`<circle cx="${at(plot.x(x))}" cy="${at(plot.y(y))}" r="9" stroke="${COLOURS.ink}" stroke-width="1.5"/>`
      : null
  }<path transform="${to}" d="${shape}" fill="${mark === 'later' ? COLOURS.paper : colour}" stroke="${mark === 'later' ? colour : COLOURS.paper}"/>`
}

/** Names at the ends of lines, moved apart, with a thin line to where they belong. */
function namesBeside(lines: readonly ChartLine[], plot: Plot, size: ChartSize): Markup {
  const named = lines.flatMap(({ name, look, isMain, points }) => {
    const end = points.at(-1)
    return name === '' || end === undefined
      ? []
      : [{ name, look, isMain, x: plot.x(end.x), y: plot.y(end.y) }]
  })
  const heights = spreadApart(
    named.map(({ y }) => y),
    NAME_HEIGHT,
    plot.top,
    plot.bottom,
  )
  return markup`${named.map(({ name, look, isMain, x, y }, index) => {
    const height = heights[index] ?? y
    const letters = Math.floor((size.namesWidth - 12) / (isMain ? NAME_UNITS.bold : NAME_UNITS.plain))
    const weight = isMain ? markup` font-weight="700"` : null
    return markup`<path d="M${at(x + 6)} ${at(y)}L${plot.right + 16} ${at(height)}h6" stroke="${COLOURS[look.colour]}" stroke-opacity="0.7"/><text x="${plot.right + 26}" y="${at(height + 4.5)}" fill="${COLOURS[look.colour]}"${weight}>${shorten(name, letters)}</text>`
  })}`
}

/** The name of a main line where there is no room beside it. */
function nameAbove({ name, look, isMain, points }: ChartLine, plot: Plot): Markup | null {
  const end = points.at(-1)
  if (name === '' || !isMain || end === undefined) return null
  const [x, y] = [plot.x(end.x), Math.max(plot.top + 2, plot.y(end.y) - 12)]
  const anchor = x > (plot.left + plot.right) / 2 ? 'end' : 'start'
  const letters = Math.floor((plot.right - plot.left) / NAME_UNITS.bold / 2)
  return markup`<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" font-weight="700" fill="${COLOURS[look.colour]}" stroke="${COLOURS.paper}" stroke-width="4" stroke-linejoin="round" paint-order="stroke">${shorten(name, letters)}</text>`
}

/**
 * Moves heights apart, as little as possible, until neighbours are `distance` from each other; all stay between `least` and
 * `most` where there is room. The order of those returned is that of those given.
 */
export function spreadApart(
  heights: readonly number[],
  distance: number,
  least: number,
  most: number,
): readonly number[] {
  interface Block {
    readonly members: readonly number[]
    /** Height of the first. */
    readonly start: number
  }
  const order = heights.map((_, index) => index).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0))
  const blockOf = (members: readonly number[]): Block => {
    const wanted = members.map((member, place) => (heights[member] ?? 0) - place * distance)
    const mean = wanted.reduce((sum, height) => sum + height, 0) / members.length
    return { members, start: Math.max(least, Math.min(mean, most - (members.length - 1) * distance)) }
  }
  const blocks: Block[] = []
  for (const one of order) {
    let block = blockOf([one])
    for (let before = blocks.at(-1); before !== undefined; before = blocks.at(-1)) {
      if (before.start + before.members.length * distance <= block.start) break
      blocks.pop()
      block = blockOf([...before.members, ...block.members])
    }
    blocks.push(block)
  }
  const moved = new Map(
    blocks.flatMap(({ members, start }) =>
      members.map((member, place) => [member, start + place * distance] as const),
    ),
  )
  return heights.map((height, index) => moved.get(index) ?? height)
}
