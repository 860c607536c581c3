import type { Component, MetricResult, ReportData, Verdict } from '../../types.js'
import { formatBytes } from '../format/bytes.js'
import { amountText, growthText } from '../format/growth.js'
import { list, shorten, table } from '../format/layout.js'
import { metricName, perWhat } from '../format/metric-names.js'

const ORDER: Readonly<Record<Verdict, number>> = { leak: 0, inconclusive: 1, clean: 2 }
const SHORTEST_NAME = 12

/** Headings and cells of a table. */
export interface Cells {
  readonly headings: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/**
 * One row for each component, worst first, with what it adds to the heap; an agent of a run with several conditions of its
 * collector has one for each.
 */
export function componentCells(data: ReportData): Cells {
  const components = data.components.toSorted((a, b) => ORDER[a.verdict] - ORDER[b.verdict])
  const per = components[0] === undefined ? 'operation' : perWhat(components[0].growth)
  const several = data.options.backends.length > 1
  const headings = [
    'component',
    ...(several ? ['collector'] : []),
    ...['verdict', `heap/${per}`, 'interval', 'leak from', 'at start', 'trials'],
  ]
  const rows = components.flatMap(component =>
    several ? rowsByCondition(component, data) : [row(component, data)],
  )
  return { headings, rows }
}

/** The components as lines. Long names are cut to fit `width`. */
export function componentsTable(data: ReportData, width: number): string[] {
  const { headings, rows } = componentCells(data)
  const widest = Math.max(...table(headings, rows).map(line => line.length))
  const longest = Math.max(...rows.map(([name = '']) => name.length))
  const fits = Math.max(SHORTEST_NAME, longest - Math.max(0, widest - width))
  return table(
    headings,
    rows.map(([name = '', ...cells]) => [shorten(name, fits), ...cells]),
  )
}

function rowsByCondition(component: Component, data: ReportData): string[][] {
  const parts = component.conditions?.map(part => ({ ...component, ...part })) ?? [
    { ...component, backend: '' },
  ]
  return parts.map(part => {
    const [name = '', ...cells] = row(part, data)
    return [name, part.backend, ...cells]
  })
}

function row(component: Component, data: ReportData): string[] {
  const { amount, interval } = growthText(component.growth)
  const isAgent = component.kind === 'agent'
  const heap = component.metrics.find(result => result.metric === 'heap')
  return [
    component.name,
    component.verdict === 'leak' ? 'LEAK' : component.verdict,
    isAgent ? signed(amount) : amount,
    interval,
    amountText(heap?.threshold ?? data.options.threshold, component.growth),
    isAgent && component.startBytes !== null ? signed(formatBytes(component.startBytes)) : '',
    String(component.trials),
  ]
}

/** `+4 B`, `-2 B`, `0 B`: what is added, as such. */
export function signed(amount: string): string {
  return /^(?:[1-9]|0\.)/.test(amount) ? `+${amount}` : amount
}

/** Metrics other than the heap: those that grow, those that are open, and the names of those that were fine. */
export function otherMetrics(data: ReportData): string[] {
  const parts = data.components.flatMap(
    ({ name, metrics, conditions }) =>
      conditions?.map(part => ({ name: `${name} (collector ${part.backend})`, metrics: part.metrics })) ?? [
        { name, metrics },
      ],
  )
  const results = parts.flatMap(({ name, metrics }) =>
    metrics.filter(result => result.metric !== 'heap').map(result => ({ name, result })),
  )
  const grows = results.filter(({ result }) => result.verdict !== 'clean')
  const fine = new Set(results.map(({ result }) => result.metric))
  for (const { result } of grows) fine.delete(result.metric)
  const lines = grows.map(({ name, result }) => metricLine(name, result))
  if (fine.size > 0) lines.push(`no leak in any component: ${list([...fine].map(metricName))}`)
  return lines
}

/** `heap, dd-trace: LEAK, +8.2 kB per operation (7.9 to 8.5 kB); leak from 16 B`. */
export function metricLine(name: string, result: MetricResult): string {
  const { amount, interval } = growthText(result.growth)
  const range = interval === '' || result.growth.low === result.growth.high ? '' : ` (${interval})`
  const verdict = { leak: 'LEAK', inconclusive: 'not settled', clean: 'clean' }[result.verdict]
  const threshold = amountText(result.threshold, result.growth)
  return `${metricName(result.metric)}, ${name}: ${verdict}, ${signed(amount)} per ${perWhat(result.growth)}${range}; leak from ${threshold}`
}
