import type { PlannedTrial, TrialRecord } from '../types/index.js'
import type { TrialHost } from './trial-host.js'
import { variantKey } from '../decide/growth/arms.js'

/** A trial whose application waits to be gone on with. */
export interface Keeper {
  readonly host: TrialHost
  readonly continues: number
}

/** Applications that were measured and stay alive, idle, for the trials that go on with them. */
export interface KeptTrials {
  /** A trial begins whose application stays alive when it is completed. */
  begin(trial: PlannedTrial, host: TrialHost): void
  /** Tells what became of a trial; `null`: it did not happen, or its application is gone. */
  settle(trial: PlannedTrial, record: TrialRecord | null): void
  /**
   * The application that a planned trial goes on with, and where it is: one of the same variant with fewer operations, whose readings
   * waited for `holdMs`; for an idle check one with exactly as many, which waited if there is one: what idle time flushes besides only
   * speaks against the accusation. `null`: it needs a launch of its own.
   */
  take(trial: PlannedTrial, holdMs: number): Keeper | null
  releaseAll(): void
}

interface Kept {
  readonly host: TrialHost
  readonly trial: PlannedTrial
  /** Once it was measured. */
  record: TrialRecord | null
}

/**
 * Keeps the application of every trial, the oldest ones with agents only as long as all together are no larger than they may be.
 * @param mostBytes resident memory of all of them
 */
export function keptTrials(mostBytes: number): KeptTrials {
  const kept = new Map<number, Kept>()
  const release = ({ trial, host }: Kept): void => {
    kept.delete(trial.id)
    host.release(trial.id)
  }
  const measured = (): Kept[] => [...kept.values()].filter(({ record }) => record !== null)
  const isFit = ({ trial, record }: Kept, next: PlannedTrial, holdMs: number): boolean =>
    variantKey(trial) === variantKey(next) &&
    (next.purpose === 'measure'
      ? trial.operations < next.operations && holds(record, holdMs)
      : trial.operations === next.operations)
  return {
    begin(trial, host) {
      kept.set(trial.id, { host, trial, record: null })
    },
    settle(trial, record) {
      const own = kept.get(trial.id)
      if (own === undefined) return
      own.record = record
      if (record?.outcome.kind !== 'completed') {
        kept.delete(trial.id)
        return
      }
      let bytes = measured().reduce((sum, { record: one }) => sum + sizeOf(one), 0)
      for (const one of measured().sort(firstToGo)) {
        if (bytes <= mostBytes) return
        bytes -= sizeOf(one.record)
        release(one)
      }
    },
    take(next, holdMs) {
      const [found] = measured()
        .filter(one => isFit(one, next, holdMs))
        .sort(
          (a, b) =>
            Number(holds(b.record, holdMs)) - Number(holds(a.record, holdMs)) ||
            b.trial.operations - a.trial.operations ||
            a.trial.id - b.trial.id,
        )
      if (found === undefined) return null
      kept.delete(found.trial.id)
      return { host: found.host, continues: found.trial.id }
    },
    releaseAll() {
      for (const one of measured()) release(one)
    },
  }
}

/** The application alone is what all others are compared with: it goes last. */
function firstToGo({ trial: a }: Kept, { trial: b }: Kept): number {
  return Number(a.agents.length === 0) - Number(b.agents.length === 0) || a.id - b.id
}

function holds(record: TrialRecord | null, holdMs: number): boolean {
  return (record?.holdMs ?? 0) >= holdMs
}

function sizeOf(record: TrialRecord | null): number {
  return record?.samples.at(-1)?.values.rss ?? 0
}
