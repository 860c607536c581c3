import { checkDurationMs } from './check/check-number.js'
import { invalidOption } from './check/invalid-option.js'
import type { ResolvedOptions } from './resolved.js'
import type { NamedWorkload } from '../types/workload.js'
import type { Timing } from './timing.js'

const TRIAL_TIMEOUT_MS = 600_000
const READY_TIMEOUT_MS = 30_000

type Limits = Pick<ResolvedOptions, 'budgetMs' | 'trialTimeoutMs' | 'readyTimeoutMs'>

/**
 * The limits in time. A trial that is idle for long by itself gets longer, unless the caller sets a limit.
 *
 * @param operations as resolved: the seconds of an idle trial
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, also where no trial could end within its limit
 */
export function resolveLimits(
  given: Readonly<Record<string, unknown>>,
  { retentionMs }: Pick<Timing, 'retentionMs'>,
  workload: NamedWorkload,
  operations: number,
): Limits {
  const idleMs = retentionMs + (workload.kind === 'idle' ? operations * 1000 : 0)
  const trialTimeoutMs =
    given.trialTimeoutMs === undefined
      ? TRIAL_TIMEOUT_MS + idleMs
      : checkDurationMs('trialTimeoutMs', given.trialTimeoutMs)
  if (trialTimeoutMs <= idleMs) {
    throw invalidOption(
      `trialTimeoutMs must be greater than the ${idleMs} ms that a trial waits idle, got ${trialTimeoutMs}`,
    )
  }
  return {
    budgetMs: given.budgetMs === undefined ? null : checkDurationMs('budgetMs', given.budgetMs),
    trialTimeoutMs,
    readyTimeoutMs:
      given.readyTimeoutMs === undefined
        ? READY_TIMEOUT_MS
        : checkDurationMs('readyTimeoutMs', given.readyTimeoutMs),
  }
}
