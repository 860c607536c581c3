import { variantKey } from '../growth/variant-key.js'
import type { PlannedTrialInfo, TrialRecord } from '../../types/index.js'

export interface Pace {
  readonly concurrency: number
  readonly retentionMs: number
  /** Whether the applications of earlier trials are gone, so that none goes on. Default false. */
  readonly anew?: boolean
}

/** Time that planned trials will take, from those that ran, ms; `null` before the first. */
export function expectation(
  planned: readonly PlannedTrialInfo[],
  trials: readonly TrialRecord[],
  { concurrency, retentionMs, anew = false }: Pace,
): number | null {
  // Those that go on with another have waited meanwhile.
  const measured = trials.filter(({ purpose, continues }) => purpose === 'measure' && continues === undefined)
  if (measured.length === 0) return null
  const msPerOperation = measured.map(trial => trial.timings.totalMs / trial.operations)
  const mean = msPerOperation.reduce((sum, ms) => sum + ms, 0) / measured.length
  const wanted = planned.filter(({ purpose }) => purpose === 'measure')
  const done = (trial: PlannedTrialInfo): number =>
    trials
      .filter(one => !anew && one.operations < trial.operations && variantKey(one) === variantKey(trial))
      .reduce((most, { operations }) => Math.max(most, operations), 0)
  const operations = wanted.reduce((sum, trial) => sum + trial.operations - done(trial), 0)
  const measureMs = (mean * operations) / concurrency
  // Idle checks run beside the others, most of them with an application that has been idle for a while.
  return Math.max(measureMs, wanted.length < planned.length ? retentionMs : 0)
}
