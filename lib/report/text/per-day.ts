import type { Culprit, Growth, Metric, ReportData } from '../../types/index.js'
import { formatBytes, formatNumber } from '../format/bytes.js'
import { formatDuration } from '../format/duration.js'
import { list } from '../format/layout.js'
import { isBytes, metricName, perWhat } from '../format/metric-names.js'

const SECONDS_PER_HOUR = 3600
const SECONDS_PER_DAY = 86_400
/** What takes memory of its own: resident memory holds all of it. */
const KINDS: readonly Metric[] = ['heap', 'arrayBuffers', 'external', 'code']

/** Growth of one kind a second. */
interface Rate {
  readonly metric: Metric
  readonly perSecond: number
}

/** What a leak amounts to over time, at a given rate of operations a second: of memory all kinds that grow. */
export function perDaySentence(culprit: Culprit, data: ReportData, operationsPerSecond: number): string {
  const { growth, metric } = culprit
  const rateOf = (grown: { readonly metric: Metric; readonly growth: Growth }): Rate => ({
    metric: grown.metric,
    perSecond: grown.growth.estimate * (perWhat(grown.growth) === 'second' ? 1 : operationsPerSecond),
  })
  const own = rateOf(culprit)
  if (!Number.isFinite(own.perSecond) || own.perSecond <= 0) return ''
  const kinds = KINDS.includes(metric)
    ? [own, ...culprit.alsoGrows.filter(also => KINDS.includes(also.metric)).map(rateOf)]
    : [own]
  const all = kinds.reduce((sum, { perSecond }) => sum + Math.max(0, perSecond), 0)
  const write = (amount: number): string =>
    isBytes(growth) ? formatBytes(amount) : `${roundedCount(amount)} ${metricName(metric)}`
  const at = `At ${formatNumber(operationsPerSecond, 1)} operations a second that is`
  const rate = perWhat(growth) === 'second' ? 'That is' : at
  const each = kinds.map(kind => `${metricName(kind.metric)} ${write(kind.perSecond * SECONDS_PER_DAY)}`)
  const parts = kinds.length > 1 ? ` (${list(each)} a day)` : ''
  return `${rate} ${write(all * SECONDS_PER_DAY)} a day, ${write(all * SECONDS_PER_HOUR)} an hour${parts}${limitClause(kinds, all, data)}.`
}

/** How long Node's heap limit lasts; only the heap counts towards it, the machine has to hold all. */
function limitClause(kinds: readonly Rate[], all: number, data: ReportData): string {
  const heap = kinds.find(({ metric }) => metric === 'heap')
  const limits = data.trials.map(trial => trial.heapLimitBytes).filter(limit => limit > 0)
  if (limits.length === 0 || heap === undefined || heap.perSecond <= 0) return ''
  const limit = Math.min(...limits)
  const after = (perSecond: number): string => `after about ${formatDuration((limit / perSecond) * 1000)}`
  return kinds.length === 1
    ? `; Node's heap limit of ${formatBytes(limit)} is reached ${after(heap.perSecond)}`
    : `; ${formatBytes(limit)}, as much as Node's heap limit, are filled ${after(all)}, the heap alone ${after(heap.perSecond)}`
}

function roundedCount(amount: number): string {
  return formatNumber(Number(amount.toPrecision(2)), 1)
}
