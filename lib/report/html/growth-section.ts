import type { Metric, ReportData } from '../../types/index.js'
import { markup } from '../charts/markup.js'
import { metricName } from '../format/metric-names.js'
import { otherMetrics } from '../text/components-table.js'
import { bullets, type Section } from './blocks.js'
import { growthFigure } from './growth-figure.js'
import { memoryFigure } from './memory-figure.js'

/** Growth of the heap in each component, against the threshold. */
export function growthSection(data: ReportData): Section | null {
  const figure = growthFigure(data, 'heap')
  return figure === null ? null : { id: 'growth', title: 'Growth of each component', body: figure }
}

/** Settled heap over operations, for every trial. */
export function memorySection(data: ReportData): Section {
  const figure = memoryFigure(data, 'heap')
  return {
    id: 'memory',
    title: 'Memory over operations',
    body: figure ?? markup`<p>No trial gave a reading: see all trials below.</p>`,
  }
}

/** Other metrics: those that grow or are open as charts, the others by name. */
export function metricsSection(data: ReportData): Section | null {
  const lines = otherMetrics(data)
  if (lines.length === 0) return null
  const figures = shownMetrics(data).map(metric => {
    const name = metricName(metric)
    return markup`<h3>${name.slice(0, 1).toUpperCase()}${name.slice(1)}</h3>${growthFigure(data, metric)}${memoryFigure(data, metric)}`
  })
  return { id: 'metrics', title: 'Other metrics', body: markup`${bullets(lines)}${figures}` }
}

/** Metrics besides the heap that are not clean somewhere. */
function shownMetrics({ components, culprits }: ReportData): readonly Metric[] {
  const results = components.flatMap(({ metrics, conditions = [] }) => [
    ...metrics,
    ...conditions.flatMap(condition => condition.metrics),
  ])
  const grown = [
    ...culprits.flatMap(({ metric, alsoGrows }) => [metric, ...alsoGrows.map(also => also.metric)]),
    ...results.filter(({ verdict }) => verdict !== 'clean').map(({ metric }) => metric),
  ]
  return [...new Set(grown)].filter(metric => metric !== 'heap')
}
