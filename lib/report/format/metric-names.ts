import type { Growth, Metric } from '../../types/index.js'

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
export function metricNoun(metric: Metric, amount: string): string {
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
