import type { PlannedTrialInfo, TrialRecord } from '../types.js'
import type { TrialHost } from './trial-host.js'
import { variantKey } from './variant-key.js'

/** Applications that were measured and stay alive, idle, in case their component is going to be accused. */
export interface KeptTrials {
  /** Whether the application of this trial should stay alive when it has been measured. */
  wants(trial: PlannedTrialInfo): boolean
  begin(trial: PlannedTrialInfo, host: TrialHost): void
  /** Tells what became of a trial; its application is ended unless it may be needed. */
  settle(trial: PlannedTrialInfo, record: TrialRecord | null): void
  /**
   * The application that a planned retention trial goes on with, and where it is; `null`: it needs a launch of its own,
   * also because the readings did not wait for `holdMs`.
   */
  take(
    trial: PlannedTrialInfo,
    holdMs: number,
  ): { readonly host: TrialHost; readonly continues: number } | null
  releaseAll(): void
}

interface Kept {
  readonly host: TrialHost
  readonly trial: PlannedTrialInfo
  /** Once it was measured. */
  record: TrialRecord | null
}

/**
 * Keeps the first trial of each arm: the idle time that a retention trial needs then passes while the others run.
 * @param mayLeak whether the trial alone does not rule out that its component leaks
 */
export function keptTrials(retentionMs: number, mayLeak: (record: TrialRecord) => boolean): KeptTrials {
  const byArm = new Map<string, Kept>()
  const release = (key: string): void => {
    const kept = byArm.get(key)
    byArm.delete(key)
    kept?.host.release(kept.trial.id)
  }

  return {
    wants(trial) {
      if (retentionMs === 0 || trial.purpose !== 'measure') return false
      const known = byArm.get(variantKey(trial))
      return known === undefined || known.trial.operations < trial.operations
    },
    begin(trial, host) {
      release(variantKey(trial))
      byArm.set(variantKey(trial), { host, trial, record: null })
    },
    settle(trial, record) {
      const kept = byArm.get(variantKey(trial))
      if (kept?.trial.id !== trial.id) return
      kept.record = record
      if (record === null || record.outcome.kind !== 'completed' || !mayLeak(record))
        release(variantKey(trial))
    },
    take(trial, holdMs) {
      const kept = byArm.get(variantKey(trial))
      if (trial.purpose !== 'retention' || !kept?.record) return null
      if (kept.trial.operations !== trial.operations || kept.record.holdMs < holdMs) return null
      byArm.delete(variantKey(trial))
      return { host: kept.host, continues: kept.trial.id }
    },
    releaseAll() {
      for (const key of [...byArm.keys()]) release(key)
    },
  }
}
