import type { ResolvedOptions } from '../options/resolved.js'
import type { SettleSpec } from './types.js'

/**
 * Readings of one process at rest repeat within a few bytes; those of a loaded one, collected twice, within about
 * 8 KB. A smaller tolerance would only wait.
 */
const FLOOR_BYTES = 8 * 1024

/** Beyond this, readings that still differ say that the process is not at rest, however large the threshold. */
const CEILING_BYTES = 256 * 1024

/** Share of the growth at the threshold, over the smallest window (a quarter of the trial), that readings may differ by. */
const SHARE_OF_WINDOW = 1 / 4

/**
 * When a reading counts as settled: so many in a row within a quarter of the bytes that growth at the
 * threshold would bring in the smallest window (20 KB at 16 bytes an operation and 20,480 operations).
 */
export function settleSpec(
  { threshold, timing }: Pick<ResolvedOptions, 'threshold' | 'timing'>,
  operations: number,
  { holdMs, receipts }: Pick<SettleSpec, 'holdMs' | 'receipts'>,
): SettleSpec {
  const window = operations / 4
  const tolerance = threshold * window * SHARE_OF_WINDOW
  return {
    intervalMs: timing.intervalMs,
    agree: timing.agree,
    toleranceBytes: Math.round(Math.min(CEILING_BYTES, Math.max(FLOOR_BYTES, tolerance))),
    maxMs: timing.settleMs,
    holdMs: timing.watchMs === 0 ? 0 : receipts ? (holdMs ?? 0) : holdMs,
    watchMs: timing.watchMs,
    receipts,
  }
}
