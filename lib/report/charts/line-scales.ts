import { scaleLinear, type ScaleLinear } from 'd3-scale'
import type { ChartSize, LineChart } from './line-chart-types.js'

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
