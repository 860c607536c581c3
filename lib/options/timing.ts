import { durationMs, durationMsFromZero, numberIn } from './check/fields.js'
import { parse } from './check/parse.js'
import type { ReportedOptions } from '../types/index.js'
import type { NamedWorkload } from '../types/workload.js'

/** How long trials wait, and for what: the only place that knows these times. */
export interface Timing {
  /** From one reading of a process that comes to rest to the next, ms. */
  readonly intervalMs: number
  /** Consecutive readings that must agree. */
  readonly agree: number
  /** Longest wait for agreement, ms. */
  readonly settleMs: number
  /**
   * How long the first reading after operations watches for memory that is flushed at an interval, and how long later readings wait where
   * it saw such memory, ms. Agents flush every 1 to 10 s. 0: nobody watches, no reading waits.
   */
  readonly watchMs: number
  /** Idle time before a component is accused, ms; 0: it is not checked whether idle time releases what grew. */
  readonly retentionMs: number
}

/**
 * Key of an option for tests of the library itself: `isolateLeak({ ..., [TIMING]: { watchMs: 0 } })` replaces some of the times,
 * for agents that are known to hold nothing back. A symbol, so that no name that a user writes and no variable of the
 * environment sets it by accident: with shorter times than the defaults, what an agent has not sent yet counts as growth.
 */
export const TIMING: unique symbol = Symbol.for('isolate-leak.timing')

/** What {@link TIMING} replaces; `retentionMs` has an option of its own. */
export type GivenTiming = Partial<Omit<Timing, 'retentionMs'>>

const INTERVAL_MS = 250
const AGREE = 3
const MOST_AGREE = 100

const BY_EFFORT: Readonly<
  Record<ReportedOptions['effort'], Pick<Timing, 'settleMs' | 'watchMs' | 'retentionMs'>>
> = {
  quick: { settleMs: 4_000, watchMs: 6_000, retentionMs: 20_000 },
  standard: { settleMs: 6_000, watchMs: 6_000, retentionMs: 60_000 },
  thorough: { settleMs: 10_000, watchMs: 12_000, retentionMs: 180_000 },
}

/** Idle workloads are measured by the second: a long wait would be part of what is measured, and being idle needs no further idle wait. */
const IDLE: Pick<Timing, 'settleMs' | 'watchMs' | 'retentionMs'> = {
  settleMs: 2_000,
  watchMs: 0,
  retentionMs: 0,
}

/**
 * The times of a run, by effort where the caller says nothing.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function resolveTiming(
  given: { readonly retentionMs?: number | undefined; readonly [TIMING]?: GivenTiming },
  effort: ReportedOptions['effort'],
  { kind }: Pick<NamedWorkload, 'kind'>,
): Timing {
  const byDefault = { intervalMs: INTERVAL_MS, agree: AGREE, ...(kind === 'idle' ? IDLE : BY_EFFORT[effort]) }
  const { intervalMs, agree, settleMs, watchMs } = { ...byDefault, ...given[TIMING] }
  return {
    intervalMs: parse(durationMs, intervalMs, 'intervalMs'),
    agree: parse(numberIn({ min: 1, max: MOST_AGREE, integer: true }), agree, 'agree'),
    settleMs: parse(durationMsFromZero, settleMs, 'settleMs'),
    watchMs: parse(durationMsFromZero, watchMs, 'watchMs'),
    retentionMs: given.retentionMs ?? byDefault.retentionMs,
  }
}
