/** A component's or the whole experiment's answer. An experiment that went wrong throws instead. */
export type Verdict = 'leak' | 'clean' | 'inconclusive'

/**
 * What is measured, each with a threshold of its own.
 *
 * - `heap`: V8 heap after collection, without compiled code, bytes
 * - `arrayBuffers`, `external` (without array buffers), `code` (machine code and bytecode with their metadata), `rss`: bytes
 * - `handles` (active resources), `listeners` (of `process`), `fds`, `threads`, `contexts` (native contexts): counts
 */
export type Metric =
  | 'heap'
  | 'arrayBuffers'
  | 'external'
  | 'code'
  | 'rss'
  | 'handles'
  | 'listeners'
  | 'fds'
  | 'threads'
  | 'contexts'

/**
 * An amount per operation with its two-sided interval at `1 - errorRate`. Where too few trials ran to give one, `low` and
 * `high` are `null`.
 */
export interface Growth {
  readonly estimate: number
  readonly low: number | null
  readonly high: number | null
  readonly unit: 'bytes/operation' | 'count/operation' | 'bytes/second' | 'count/second'
}
