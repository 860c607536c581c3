import { amountText, growthText } from '../../report/format/growth.js'
import { formatNumber } from '../../report/format/bytes.js'
import { isBytes, perWhat } from '../../report/format/metric-names.js'
import type { Growth, Sample } from '../../types/index.js'

/** `34.2 MB`, `1.23 GB`: fine enough to see it move. */
export function heapSize(bytes: number): string {
  return Math.abs(bytes) < 999_950_000 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}

/** `971 B/op (959 to 984 B)`; without an interval while there is none. */
export function growthInShort(growth: Growth): string {
  const { amount, interval } = growthText(growth)
  const per = perWhat(growth) === 'second' ? 's' : 'op'
  if (interval === '') return `about ${isBytes(growth) ? amountText(growth.estimate, growth) : amount}/${per}`
  return `${amount}/${per} (${interval})`
}

/** Whether anything is known of a growth: before the first trials it is nothing, give or take anything. */
export function isKnown({ estimate, low }: Growth): boolean {
  return Number.isFinite(estimate) && (estimate !== 0 || Number.isFinite(low))
}

/** `640/s`: operations a second between two samples; empty where there is no telling. */
export function rateText(from: Sample | null, to: Sample | null): string {
  if (from === null || to === null || to.elapsedMs <= from.elapsedMs || to.operations <= from.operations)
    return ''
  return perSecond(to.operations - from.operations, to.elapsedMs - from.elapsedMs)
}

/** `640/s`, or `0.4/s`. */
export function perSecond(operations: number, ms: number): string {
  if (!(ms > 0)) return ''
  const rate = (operations * 1000) / ms
  return `${formatNumber(rate, rate < 10 ? 1 : 0)}/s`
}
