import { judgedTrials } from '../judged.js'
import type { Component, MetricResult, ReportData, Verdict } from '../../types/index.js'
import { formatBytes } from '../format/bytes.js'
import { amountText, growthText, metricName, perWhat } from '../format/growth.js'
import { list, shorten, table, fittingTable, widthOf } from '../format/layout.js'

const ORDER: Readonly<Record<Verdict, number>> = { leak: 0, inconclusive: 1, clean: 2 }
/** A name that is cut to so many characters can mostly still be told from others. */
const READABLE_NAME = 24
const SHORTEST_NAME = 16
const THRESHOLD = 'leak from'

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
  const several = data.options.backends.length > 1
  const isOther = components.some(({ backends, ...component }) =>
    [component, ...(backends ?? [])].some(part => metricShown(part).metric !== 'heap'),
  )
  const headings = [
    'component',
    ...(several ? ['collector'] : []),
    ...[
      'verdict',
      `${isOther ? 'growth' : 'heap'}/${unitOf(data)}`,
      'interval',
      THRESHOLD,
      'at start',
      'trials',
    ],
  ]
  const rows = components.flatMap(component =>
    several ? rowsByCondition(component, data) : [row(component, data)],
  )
  return { headings, rows }
}

/**
 * The components as lines. To fit `width`, long names are cut, a threshold that is the same for all goes under the table, and where
 * that is not enough names get lines of their own.
 */
export function componentsTable(data: ReportData, width: number): string[] {
  const { headings, rows } = componentCells(data)
  const fitted = (
    names: number,
    titles: readonly string[],
    cells: readonly (readonly string[])[],
  ): string[] => fittingTable(titles, cells, width, [{ column: 0, least: names }])
  const whole = fitted(READABLE_NAME, headings, rows)
  if (widthOf(whole) <= width) return whole

  const at = headings.indexOf(THRESHOLD)
  const [threshold, ...others] = new Set(rows.map(cells => cells[at] ?? ''))
  const isSame = threshold !== undefined && others.length === 0
  const without = (cells: readonly string[]): string[] => cells.filter((_, index) => !isSame || index !== at)
  const below = isSame ? [`a leak from ${threshold} of heap per ${perOf(data)}`] : []
  const [titles, cells] = [without(headings), rows.map(without)]
  const narrow = fitted(SHORTEST_NAME, titles, cells)
  return [...(widthOf(narrow) <= width ? narrow : stacked(titles, cells, width)), ...below]
}

/** Every name on a line of its own, above its figures. */
function stacked(headings: readonly string[], rows: readonly (readonly string[])[], width: number): string[] {
  const figures = ([, ...cells]: readonly string[]): string[] => ['', ...cells]
  const [titles = '', ...lines] = table(figures(headings), rows.map(figures))
  return [titles, ...rows.flatMap(([name = ''], index) => [shorten(name, width), lines[index] ?? ''])]
}

function perOf({ components: [first] }: ReportData): 'operation' | 'second' {
  return first === undefined ? 'operation' : perWhat(first.growth)
}

function unitOf(data: ReportData): string {
  return perOf(data) === 'second' ? 's' : 'op'
}

function rowsByCondition(component: Component, data: ReportData): string[][] {
  const parts = component.backends?.map(part => ({ ...component, ...part })) ?? [
    { ...component, backend: '' },
  ]
  return parts.map(part => {
    const [name = '', ...cells] = row(part, data)
    return [name, part.backend, ...cells]
  })
}

type Shown = Pick<MetricResult, 'metric' | 'growth'> & { readonly threshold: number | null }

/** The heap, unless another metric alone is why it is inconclusive. */
function metricShown({ verdict, growth, metrics }: Pick<Component, 'verdict' | 'growth' | 'metrics'>): Shown {
  const heap = metrics.find(({ metric }) => metric === 'heap')
  const open = metrics.find(result => result.verdict === 'inconclusive')
  if (verdict === 'inconclusive' && heap?.verdict === 'clean' && open !== undefined) return open
  return { metric: 'heap', growth, threshold: heap?.threshold ?? null }
}

function row(component: Component, data: ReportData): string[] {
  const { metric, growth, threshold } = metricShown(component)
  const { amount, interval } = growthText(growth)
  const isAgent = component.kind === 'agent'
  return [
    component.name,
    component.verdict === 'leak'
      ? 'LEAK'
      : `${component.verdict}${metric === 'heap' ? '' : ` (${metricName(metric)})`}`,
    isAgent ? signed(amount) : amount,
    interval,
    amountText(threshold ?? data.options.threshold, growth),
    isAgent && component.startBytes !== null ? signed(formatBytes(component.startBytes)) : '',
    String(judgedTrials(component)),
  ]
}

/** `+4 B`, `-2 B`, `0 B`: what is added, as such. */
export function signed(amount: string): string {
  return /^(?:[1-9]|0\.)/.test(amount) ? `+${amount}` : amount
}

/** Metrics other than the heap: those that grow, those that are open, and the names of those that were fine. */
export function otherMetrics(data: ReportData): string[] {
  const parts = data.components.flatMap(
    ({ name, metrics, backends }) =>
      backends?.map(part => ({ name: `${name} (collector ${part.backend})`, metrics: part.metrics })) ?? [
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
