import type { Component, Growth, Metric, MetricResult, ReportData, Verdict } from '../../types/index.js'
import { intervalAxis, intervalScale, intervalStrip } from '../charts/interval-strip.js'
import { type Markup, markup } from '../charts/markup.js'
import { byteTicks, countTicks } from '../charts/line-axes.js'
import { formatBytes } from '../format/bytes.js'
import { amountText, growthText, isBytes, metricName, perWhat } from '../format/growth.js'
import { list, plural } from '../format/layout.js'
import { signed } from '../text/components-table.js'
import { confidence, culpritName } from '../text/verdict-lines.js'
import { dataTable, folded, verdictBadge } from './blocks.js'
import { judgedTrials } from '../judged.js'

/** Growth of one metric in every component: point and interval against the threshold, the same in words and as a table. */
export function growthFigure(data: ReportData, metric: Metric): Markup | null {
  const rows = growthRows(data, metric)
  const [first] = rows
  if (first === undefined) return null
  const { threshold, growth } = first
  const scale = intervalScale(
    rows.map(row => row.growth),
    threshold,
    isBytes(growth) ? byteTicks : countTicks,
  )
  const limit = `leak from ${amountText(threshold, growth)}`
  const id = `growth-${metric}`
  return markup`<figure class="growth" role="group" aria-labelledby="${id}-title" aria-describedby="${id}-text"><figcaption><strong id="${id}-title">${titleOf(metric, growth)}</strong> <span id="${id}-text">${describe(rows, data, scale.isCompressed)}</span></figcaption><ul class="rows"><li class="axis" aria-hidden="true">${intervalAxis(threshold, limit, scale)}</li>${rows.map(
    row =>
      markup`<li class="${row.verdict}"><span class="who"><span class="name">${row.name}</span> ${verdictBadge(row.verdict)}</span><span class="strip-box">${intervalStrip(row.growth, row.verdict, threshold, scale)}</span><span class="figures"><b>${amountOf(row)}</b> <span>${intervalOf(row)}</span></span></li>`,
  )}</ul>${folded('Figures as a table', figures(rows, metric))}</figure>`
}

function titleOf(metric: Metric, growth: GrowthRow['growth']): string {
  const name = metricName(metric)
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)} per ${perWhat(growth)}, with its interval`
}

/** How to read the chart, and what it shows. */
function describe(rows: readonly GrowthRow[], data: ReportData, isCompressed: boolean): string {
  const [first] = rows
  if (first === undefined) return ''
  const rest = rows.some(({ isAdded }) => isAdded) ? '; of agents it is what they add to the application' : ''
  const counted = (verdict: GrowthRow['verdict'], one: string, many: string): string[] => {
    const count = rows.filter(row => row.verdict === verdict).length
    return count === 0 ? [] : [`${String(count)} ${count === 1 ? one : many}`]
  }
  const said = [
    ...counted('leak', 'leaks', 'leak'),
    ...counted('inconclusive', 'is not settled', 'are not settled'),
    ...counted('clean', 'is clean', 'are clean'),
  ]
  const limit = amountText(first.threshold, first.growth)
  const open = rows.some(({ growth }) => growthText(growth).interval === '')
  return [
    rows.length === 1 ? '' : `Of ${plural(rows.length, 'line')}, ${list(said)}.`,
    `The sign is the estimate, the bar its ${confidence(data)} interval, the dotted line the threshold of ${limit}${rest}.`,
    open ? 'An arrow stands for an end that is not known.' : '',
    isCompressed ? 'Large amounts are drawn closer together than small ones.' : '',
  ]
    .filter(Boolean)
    .join(' ')
}

function amountOf({ growth, isAdded }: GrowthRow): string {
  const { amount } = growthText(growth)
  return isAdded ? signed(amount) : amount
}

function intervalOf({ growth }: GrowthRow): string {
  const { amount, interval } = growthText(growth)
  if (interval !== '') return interval
  return amount.startsWith('at least') ? '' : 'no interval'
}

function figures(rows: readonly GrowthRow[], metric: Metric): Markup {
  const [first] = rows
  const per = first === undefined ? 'operation' : perWhat(first.growth)
  const isHeap = metric === 'heap'
  return dataTable(
    `${metricName(metric)} per ${per}, figures`,
    [
      { heading: 'component' },
      { heading: 'verdict' },
      { heading: `${metricName(metric)}/${per}`, holds: 'amounts' },
      { heading: 'interval', holds: 'amounts' },
      { heading: 'leak from', holds: 'amounts' },
      ...(isHeap ? [{ heading: 'at start', holds: 'amounts' as const }] : []),
      { heading: 'trials', holds: 'amounts' },
      { heading: 'why', holds: 'sentences' },
    ],
    rows.map(row => [
      row.name,
      verdictBadge(row.verdict),
      amountOf(row),
      intervalOf(row),
      amountText(row.threshold, row.growth),
      ...(isHeap ? [row.startBytes === null ? '' : signed(formatBytes(row.startBytes))] : []),
      row.trials,
      row.reason,
    ]),
  )
}

/** One line of a chart of growth: a component, under one condition of the collector where there were several. */
interface GrowthRow {
  readonly name: string
  /** Of this metric alone. */
  readonly verdict: Verdict
  readonly growth: Growth
  readonly threshold: number
  /** Whether the growth is what an agent adds, rather than the application's own. */
  readonly isAdded: boolean
  /** Bytes of heap before the first operation beyond the baseline's; `null`: not known, or not meant. */
  readonly startBytes: number | null
  /** `null`: a set of agents. */
  readonly trials: number | null
  readonly reason: string
}

const ORDER: Readonly<Record<Verdict, number>> = { leak: 0, inconclusive: 1, clean: 2 }

/** Growth of one metric in every component and in sets that leak together, worst first. */
function growthRows(data: ReportData, metric: Metric): readonly GrowthRow[] {
  const together = data.culprits.flatMap((culprit): GrowthRow[] => {
    const growth = [culprit, ...culprit.alsoGrows].find(one => one.metric === metric)?.growth
    return culprit.kind !== 'interaction' || growth === undefined
      ? []
      : [
          {
            ...{
              name: culpritName(culprit),
              verdict: 'leak',
              growth,
              isAdded: true,
              startBytes: null,
              trials: null,
            },
            threshold: thresholdOf(data, metric),
            reason: culprit.reason,
          },
        ]
  })
  return [...together, ...data.components.flatMap(component => rowsOf(component, data, metric))].sort(
    (a, b) => ORDER[a.verdict] - ORDER[b.verdict],
  )
}

function rowsOf(component: Component, data: ReportData, metric: Metric): readonly GrowthRow[] {
  const { name, kind, backends } = component
  const parts = backends?.map(part => ({ ...part, name: `${name} (collector ${part.backend})` })) ?? [
    component,
  ]
  return parts.flatMap(part => {
    const result = part.metrics.find(one => one.metric === metric)
    // A component without figures of its metrics has those of its heap.
    if (result === undefined && metric !== 'heap') return []
    return [
      {
        name: part.name,
        verdict: result?.verdict ?? part.verdict,
        growth: result?.growth ?? part.growth,
        threshold: result?.threshold ?? thresholdOf(data, metric),
        isAdded: kind === 'agent',
        startBytes: metric === 'heap' && kind === 'agent' ? part.startBytes : null,
        trials: judgedTrials(part),
        reason: result?.reason ?? part.reason,
      },
    ]
  })
}

/** The threshold of a metric, the same for all components of a run. */
export function thresholdOf(data: ReportData, metric: Metric): number {
  const results = data.components.flatMap(({ metrics }): readonly MetricResult[] => metrics)
  return results.find(result => result.metric === metric)?.threshold ?? data.options.threshold
}
