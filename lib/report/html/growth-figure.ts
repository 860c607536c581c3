import type { Metric, ReportData } from '../../types/index.js'
import { intervalScale } from '../charts/interval-scale.js'
import { intervalAxis, intervalStrip } from '../charts/interval-strip.js'
import { markup, type Markup } from '../charts/markup.js'
import { byteTicks, countTicks } from '../charts/tick-texts.js'
import { formatBytes } from '../format/bytes.js'
import { amountText, growthText } from '../format/growth.js'
import { list, plural } from '../format/layout.js'
import { isBytes, metricName, perWhat } from '../format/metric-names.js'
import { signed } from '../text/components-table.js'
import { confidence } from '../text/verdict-lines.js'
import { dataTable, folded, verdictBadge } from './blocks.js'
import { growthRows, type GrowthRow } from './growth-rows.js'

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
