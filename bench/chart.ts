/** The picture of a report as a Vega-Lite specification: settled heap over operations performed, a line per trial. */
import type { ChartData } from './chart-data.js'

const SIZE = { width: 505, height: 286 }
const PADDING = { left: 66, right: 289, top: 84, bottom: 50 }
const LABEL_HEIGHT = 19
const INK = '#24292f'
const FAINT = '#57606a'
const LINE = '#b8bec4'
const PAPER = '#fcfcfb'

/** Growth is computed from the readings after it. */
const WARM_UP_SHARE = 1 / 4

/** Told apart by shape and dash as well as by colour; each colour has a contrast of 4.5 or more on the background. */
const LEAK = { colour: '#b3261e', shape: 'circle', dash: [1, 0] }
const STYLES = [
  { colour: '#57606a', shape: 'square', dash: [2, 3] },
  { colour: '#0a5cad', shape: 'triangle-up', dash: [7, 3] },
  { colour: '#00704f', shape: 'diamond', dash: [10, 3, 2, 3] },
  { colour: '#7b3fa0', shape: 'cross', dash: [4, 2] },
]

/** Moves heights apart, as little as possible, until they are `distance` from each other. */
const apart = (heights: readonly number[], distance: number): number[] => {
  const order = heights.map((height, index) => ({ height, index })).sort((a, b) => a.height - b.height)
  for (let round = 0; round < 100; round++) {
    for (const [index, upper] of order.entries()) {
      const lower = order[index - 1]
      const missing = lower === undefined ? 0 : distance - (upper.height - lower.height)
      if (lower === undefined || missing <= 0) continue
      lower.height -= missing / 2
      upper.height += missing / 2
    }
  }
  return order.sort((a, b) => a.index - b.index).map(({ height }) => height)
}

const position = { type: 'quantitative' }

export const chartOf = ({ title, trials, points, arms, most }: ChartData): object => {
  const top = Math.ceil(Math.max(...points.map(({ heap }) => heap)) + 0.25)
  const styles = arms.map(({ leaks }, index) => (leaks ? LEAK : (STYLES[index % STYLES.length] ?? LEAK)))
  const byArm = (range: readonly unknown[], type = 'nominal'): object => ({
    field: 'arm',
    type,
    scale: { domain: arms.map(({ arm }) => arm), range },
    legend: null,
  })
  const color = byArm(styles.map(({ colour }) => colour))
  const shape = byArm(styles.map(({ shape }) => shape))
  const strokeDash = byArm(styles.map(({ dash }) => dash))
  // What is drawn later, on top, is smaller.
  const size = byArm(
    arms.map((_, index) => Math.max(40, 80 - 14 * index)),
    'ordinal',
  )

  const heights = apart(
    arms.map(({ end }) => end),
    (LABEL_HEIGHT * top) / SIZE.height,
  )
  const beyond = (pixels: number): number => most * (1 + pixels / SIZE.width)
  const labels = arms.map((arm, index) => ({
    ...arm,
    height: heights[index],
    from: beyond(7),
    to: beyond(18),
  }))
  const labelsWhere = (leaks: boolean): object => ({
    data: { values: labels.filter(label => label.leaks === leaks) },
    mark: { type: 'text', align: 'left', dx: 4, fontSize: 13, fontWeight: leaks ? 'bold' : 'normal' },
    encoding: {
      x: { ...position, field: 'to' },
      y: { ...position, field: 'height' },
      text: { field: 'label' },
      color,
    },
  })

  const x = {
    ...position,
    scale: { domain: [0, most], nice: false },
    axis: { title: 'operations performed', grid: false, format: ',d', tickCount: 5, labelFlush: false },
  }
  const y = {
    ...position,
    scale: { domain: [0, top], nice: false },
    axis: {
      ...{ title: null, domain: false, ticks: false, tickCount: top / 2, labelPadding: 8 },
      labelExpr: "datum.value === 0 ? '0' : datum.label + ' MB'",
    },
  }
  return {
    ...SIZE,
    padding: PADDING,
    autosize: 'none',
    background: PAPER,
    title: {
      text: title,
      subtitle: [
        `Settled heap without code space: ${trials} launches, a line each. Where launches agree, their lines coincide.`,
        'Growth per operation is measured after the warm-up; that of an agent is what it adds to the application.',
      ],
      ...{ anchor: 'start', frame: 'bounds', dx: 16, offset: 14, fontSize: 16, color: INK },
      ...{ subtitleColor: FAINT, subtitleFontSize: 12, subtitlePadding: 6, subtitleLineHeight: 16 },
    },
    config: {
      font: 'sans-serif',
      view: { stroke: null },
      axis: {
        labelColor: FAINT,
        titleColor: FAINT,
        gridColor: '#e1e4e7',
        tickColor: LINE,
        domainColor: LINE,
      },
      axisX: { titleFontWeight: 'normal', titlePadding: 8 },
      style: { 'guide-label': { fontSize: 12 }, 'guide-title': { fontSize: 12 } },
    },
    layer: [
      {
        data: { values: [{ from: 0, to: most * WARM_UP_SHARE, bottom: 0, top, text: 'warm-up' }] },
        encoding: { x: { ...x, field: 'from' }, y: { ...y, field: 'bottom' } },
        layer: [
          {
            mark: { type: 'rect', color: INK, opacity: 0.06 },
            encoding: { x2: { field: 'to' }, y2: { field: 'top' } },
          },
          {
            mark: { type: 'text', align: 'left', dx: 8, dy: -10, fontSize: 12, color: FAINT },
            encoding: { text: { field: 'text' } },
          },
        ],
      },
      {
        data: { values: points },
        encoding: { x: { ...x, field: 'operations' }, y: { ...y, field: 'heap' }, color },
        layer: [
          { mark: { type: 'line', strokeWidth: 2 }, encoding: { strokeDash, detail: { field: 'trial' } } },
          {
            mark: { type: 'point', filled: true, opacity: 1, stroke: PAPER, strokeWidth: 0.8 },
            encoding: { shape, size },
          },
        ],
      },
      {
        data: { values: labels },
        mark: { type: 'rule', opacity: 0.6 },
        encoding: {
          x: { ...position, field: 'from' },
          x2: { field: 'to' },
          y: { ...position, field: 'end' },
          y2: { field: 'height' },
          color,
        },
      },
      labelsWhere(true),
      labelsWhere(false),
    ],
  }
}
