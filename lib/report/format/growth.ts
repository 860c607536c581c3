import type { Growth, Metric } from '../../types/index.js'
import { byteUnit, decimalsFor, formatBytes, formatNumber } from './bytes.js'

/** A growth in words. Estimate and interval have one unit and the same number of decimals. */
interface GrowthText {
  /** `8.2 kB`, or `1` for counts. */
  readonly amount: string
  /** `7.9 to 8.5 kB`; empty when there is no interval (too few trials). */
  readonly interval: string
}

/** A growth in words, without what it is per. */
export function growthText(growth: Growth): GrowthText {
  const { estimate } = growth
  const ends = [growth.low, growth.high].filter(end => end !== null && Number.isFinite(end))
  const bounds = ends.length === 2 ? (ends as [number, number]) : []
  const known = bounds.length > 0
  if (known && isLowerBound(growth))
    return { amount: `at least ${amountText(estimate, growth)}`, interval: '' }
  // a wide interval around a small estimate reads better in the unit of the interval
  const size = Math.max(Math.abs(estimate), Math.max(0, ...bounds.map(Math.abs)) / 10)
  const unit = isBytes(growth) ? byteUnit(size) : { name: '', bytes: 1 }
  const suffix = unit.name === '' ? '' : ` ${unit.name}`
  const amounts = [estimate, ...bounds].map(amount => amount / unit.bytes)
  const [amount = '', from = '', to = ''] = alike(amounts, decimalsOf(amounts, isBytes(growth) ? 4 : 6))
  return {
    amount: Number.isFinite(estimate) ? `${amount}${suffix}` : 'unknown',
    interval: known ? `${from} to ${to}${suffix}` : '',
  }
}

/** Trials that ran out of memory give a lower bound, and an upper one that says nothing. */
export function isLowerBound({ estimate, low, high }: Growth): boolean {
  return high !== null && estimate === low && high > 1000 * estimate
}

/** `8.2 kB of heap per operation`, `1 file descriptor per operation`. */
export function growthPhrase(metric: Metric, growth: Growth): string {
  const { amount } = growthText(growth)
  return isBytes(growth)
    ? `${amount} of ${metricName(metric)} per ${perWhat(growth)}`
    : `${amount} ${metricNoun(metric, amount)} per ${perWhat(growth)}`
}

/** An amount in the unit of a growth: `16 B`, or `0.01`. */
export function amountText(amount: number, growth: Growth): string {
  if (isBytes(growth)) return formatBytes(amount)
  return Math.abs(amount) < 1 ? String(Number(amount.toPrecision(2))) : formatNumber(amount, 2)
}

/** As few decimals as tell estimate and interval apart, at most `most`. */
function decimalsOf([estimate = 0, low, high]: readonly number[], most: number): number {
  if (low === undefined || high === undefined) return decimalsFor(estimate)
  const width = high - low
  if (width >= 10) return 0
  const wanted = width > 0 ? Math.ceil(-Math.log10(width)) : 0
  const small =
    estimate !== 0 && Math.abs(estimate) < 0.1 && width < 0.2 ? Math.ceil(-Math.log10(Math.abs(estimate))) : 0
  return Math.min(most, Math.max(decimalsFor(estimate), wanted, small))
}

/** Numbers with the same number of decimals; none where all are whole. */
function alike(amounts: readonly number[], decimals: number): string[] {
  const texts = amounts.map(amount => formatNumber(amount, decimals))
  return texts.some(text => text.includes('.'))
    ? amounts.map(amount => formatNumber(amount, decimals, decimals))
    : texts
}

interface MetricName {
  /** What one of it is called; for sizes the whole. */
  readonly one: string
  readonly many: string
}

const NAMES: Readonly<Record<Metric, MetricName>> = {
  heap: { one: 'heap', many: 'heap' },
  arrayBuffers: { one: 'array buffers', many: 'array buffers' },
  external: { one: 'external memory', many: 'external memory' },
  code: { one: 'compiled code', many: 'compiled code' },
  rss: { one: 'resident memory', many: 'resident memory' },
  handles: { one: 'active resource', many: 'active resources' },
  listeners: { one: 'process listener', many: 'process listeners' },
  fds: { one: 'file descriptor', many: 'file descriptors' },
  threads: { one: 'thread', many: 'threads' },
  contexts: { one: 'V8 context', many: 'V8 contexts' },
}

/** What a metric is called in a sentence, for example `file descriptors`. */
export function metricName(metric: Metric): string {
  return NAMES[metric].many
}

/** `file descriptor` for exactly one, else `file descriptors`. */
function metricNoun(metric: Metric, amount: string): string {
  return amount === '1' ? NAMES[metric].one : NAMES[metric].many
}

/** Whether a growth is a size rather than a count. */
export function isBytes(growth: Growth): boolean {
  return growth.unit.startsWith('bytes')
}

/** `operation` or `second`, whatever the growth is divided by. */
export function perWhat(growth: Growth): 'operation' | 'second' {
  return growth.unit.endsWith('second') ? 'second' : 'operation'
}
