import type { ResolvedOptions } from '../options/resolved.js'
import type { SettleSpec } from '../trial/types.js'

/**
 * Readings of one process at rest repeat within a few bytes; those of a loaded one, collected twice, within about
 * 8 KB. A smaller tolerance would only wait.
 */
const FLOOR_BYTES = 8 * 1024

/** Beyond this, readings that still differ say that the process is not at rest, however large the threshold. */
const CEILING_BYTES = 256 * 1024

/** Share of the growth at the threshold, over the smallest window (a quarter of the trial), that readings may differ by. */
const SHARE_OF_WINDOW = 1 / 4

/** Longest wait for agreement. */
const MAXIMUM_MS: Readonly<Record<ResolvedOptions['effort'], number>> = {
  quick: 4000,
  standard: 6000,
  thorough: 10_000,
}

/** How long the first reading of an arm watches for memory that is flushed at an interval: agents flush every 1 to 10 s. */
const WATCH_MS: Readonly<Record<ResolvedOptions['effort'], number>> = {
  quick: 6_000,
  standard: 6_000,
  thorough: 12_000,
}

/** Idle workloads are measured by the second: a long wait would be part of what is measured. */
const IDLE_MAXIMUM_MS = 2000

/**
 * When a reading counts as settled: three in a row, 250 ms apart, within a quarter of the bytes that growth at the
 * threshold would bring in the smallest window (20 KB at 16 bytes an operation and 20,480 operations).
 */
export function settleSpec(
  options: Pick<ResolvedOptions, 'effort' | 'threshold' | 'workload'>,
  operations: number,
  knownHoldMs: number | null,
): SettleSpec {
  const idle = options.workload.kind === 'idle'
  const window = operations / 4
  const tolerance = options.threshold * window * SHARE_OF_WINDOW
  return {
    intervalMs: 250,
    agree: 3,
    toleranceBytes: Math.round(Math.min(CEILING_BYTES, Math.max(FLOOR_BYTES, tolerance))),
    maxMs: idle ? IDLE_MAXIMUM_MS : MAXIMUM_MS[options.effort],
    holdMs: idle ? 0 : knownHoldMs,
    watchMs: WATCH_MS[options.effort],
  }
}
