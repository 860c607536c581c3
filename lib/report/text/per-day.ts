import type { Culprit, ReportData } from '../../types.js'
import { formatBytes, formatNumber } from '../format/bytes.js'
import { formatDuration } from '../format/duration.js'
import { isBytes, metricName, perWhat } from '../format/metric-names.js'

const SECONDS_PER_HOUR = 3600
const SECONDS_PER_DAY = 86_400

/** What a leak amounts to over time, at a given rate of operations a second. */
export function perDaySentence(culprit: Culprit, data: ReportData, operationsPerSecond: number): string {
  const { growth, metric } = culprit
  const bySecond = perWhat(growth) === 'second'
  const perSecond = bySecond ? growth.estimate : growth.estimate * operationsPerSecond
  if (!Number.isFinite(perSecond) || perSecond <= 0) return ''
  const write = (amount: number): string =>
    isBytes(growth) ? formatBytes(amount) : `${roundedCount(amount)} ${metricName(metric)}`
  const rate = bySecond ? 'That is' : `At ${formatNumber(operationsPerSecond, 1)} operations a second that is`
  const amounts = `${rate} ${write(perSecond * SECONDS_PER_DAY)} a day, ${write(perSecond * SECONDS_PER_HOUR)} an hour`
  return `${amounts}${metric === 'heap' ? heapLimitClause(perSecond, data) : ''}.`
}

/** Heap that the leak has left until Node gives up, and how long that takes. */
function heapLimitClause(bytesPerSecond: number, data: ReportData): string {
  const limits = data.trials.map(trial => trial.heapLimitBytes).filter(limit => limit > 0)
  if (limits.length === 0) return ''
  const limit = Math.min(...limits)
  return `; Node's heap limit of ${formatBytes(limit)} is reached after about ${formatDuration((limit / bytesPerSecond) * 1000)}`
}

function roundedCount(amount: number): string {
  return formatNumber(Number(amount.toPrecision(2)), 1)
}
