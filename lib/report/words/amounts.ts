import type { Growth, Metric } from '../../types/index.js'
import { isCount } from '../../decide/growth/thresholds.js'

const NAMES: Readonly<Record<Metric, string>> = {
  heap: 'heap',
  arrayBuffers: 'memory in array buffers',
  external: 'external memory',
  code: 'compiled code',
  rss: 'resident memory',
  handles: 'number of active resources',
  listeners: 'number of listeners of process',
  fds: 'number of file descriptors',
  threads: 'number of threads',
  contexts: 'number of native contexts',
}

/** How a metric is called in sentences. */
export function metricName(metric: Metric): string {
  return NAMES[metric]
}

/** A whole number, with commas between thousands. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function digits(value: number): string {
  return Math.abs(value) < 9.95
    ? Object.is(Math.round(value * 10), -0)
      ? '0.0'
      : value.toFixed(1)
    : whole(value)
}

/** An amount of growth with its unit, for example `31.5 B/op` or `4.0 per 1,000 operations`. */
export function amount(value: number, metric: Metric, unit: Growth['unit']): string {
  const perSecond = unit.endsWith('/second')
  if (!isCount(metric)) return `${digits(value)} ${perSecond ? 'B/s' : 'B/op'}`
  if (perSecond) return `${digits(value * 60)} per minute`
  return Math.abs(value) >= 0.1
    ? `${digits(value)} per operation`
    : `${digits(value * 1000)} per 1,000 operations`
}

/** An estimate with its interval: `31.5 B/op (between 30 B/op and 33 B/op)`; exact counts have none. */
export function interval(growth: Growth, metric: Metric): string {
  if (growth.low === growth.high) return amount(growth.estimate, metric, growth.unit)
  const from = amount(growth.low, metric, growth.unit)
  const to = amount(growth.high, metric, growth.unit)
  return `${amount(growth.estimate, metric, growth.unit)} (between ${from} and ${to})`
}

/** `a`, `a and b`, `a, b and c`; of more than four names the first three. */
export function list(names: readonly string[]): string {
  if (names.length > 4) return `${names.slice(0, 3).join(', ')} and ${String(names.length - 3)} others`
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
}
