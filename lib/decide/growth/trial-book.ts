import type { Metric, TrialRecord } from '../../types/index.js'
import { type ArmKey, armKey } from './arms.js'
import { type TrialGrowth, WINDOWS, type WindowGrowth, trialGrowth } from './trial-growth.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import { withoutHeld } from './arm-growth.js'
import { PIECE_BYTES, STILL } from './thresholds.js'

/** The trials, sorted by arm and number, with their growth computed once. */
export interface TrialBook {
  /** Every trial of an arm, whatever became of it, in order of its number. */
  all(arm: ArmKey): readonly TrialRecord[]
  /** Completed trials of an arm, of one purpose and size, in order of their number. */
  completed(arm: ArmKey, purpose: TrialRecord['purpose'], operations: number): readonly TrialRecord[]
  /** Trials of an arm that crashed, hung, ended or ran out of memory. */
  failed(arm: ArmKey): readonly TrialRecord[]
  /**
   * Growth of one metric in completed trials; `null` where one of them does not tell it. Where a trial did not wait for flushes as long as
   * another of its arm found necessary, its readings are doubtful by what was seen to be flushed. Buffers that were replaced by larger ones
   * are no growth ({@link withoutResizing}), nor is what an agent is known to keep until its collector answers ({@link withoutHeld}).
   */
  growth(trials: readonly TrialRecord[], metric: Metric): readonly TrialGrowth[] | null
}

/** Key of the arm that a trial belongs to. */
export function armOf(
  trial: Pick<TrialRecord, 'agents'>,
  settings: Pick<DecisionSettings, 'agents'>,
): ArmKey {
  return armKey(
    trial.agents,
    settings.agents.map(agent => agent.name),
  )
}

export function openBook(trials: readonly TrialRecord[], settings: DecisionSettings): TrialBook {
  const byArm = new Map<ArmKey, TrialRecord[]>()
  for (const trial of [...trials].sort((a, b) => a.id - b.id)) {
    const arm = armOf(trial, settings)
    byArm.set(arm, [...(byArm.get(arm) ?? []), trial])
  }
  const all = (arm: ArmKey): readonly TrialRecord[] => byArm.get(arm) ?? []
  const known = new Map<TrialRecord, Map<Metric, TrialGrowth | null>>()
  const notWaitedFor = (trial: TrialRecord): number => {
    const longer = all(armOf(trial, settings)).filter(({ holdMs }) => holdMs > trial.holdMs)
    return Math.max(0, ...longer.map(({ heldBytes = 0 }) => heldBytes))
  }
  const growthOf = (trial: TrialRecord, metric: Metric): TrialGrowth | null => {
    const metrics = known.get(trial) ?? new Map<Metric, TrialGrowth | null>()
    known.set(trial, metrics)
    const growth = metrics.has(metric)
      ? metrics.get(metric)
      : trialGrowth(trial, metric, settings.unit, notWaitedFor(trial))
    metrics.set(metric, growth ?? null)
    return growth ?? null
  }
  return {
    all,
    completed: (arm, purpose, operations) =>
      all(arm).filter(
        trial =>
          trial.outcome.kind === 'completed' && trial.purpose === purpose && trial.operations === operations,
      ),
    failed: arm => all(arm).filter(trial => trial.outcome.kind !== 'completed'),
    growth: (chosen, metric) => {
      const growths = chosen.map(trial => growthOf(trial, metric)).filter(growth => growth !== null)
      if (growths.length < chosen.length) return null
      return metric === 'arrayBuffers'
        ? withoutHeld(withoutResizing(growths), chosen, settings)
        : withoutResizing(growths)
    },
  }
}

/**
 * Growth of array buffers without what pools and encoders take when a batch does not fit: a buffer is replaced by one of twice its size, at
 * a time of its own in each process. What keeps all it is given in one buffer is doubled in every window of every trial, so nothing is taken
 * away where not a part of the trials stood still in the last half, or where it was more than a piece.
 */
function withoutResizing(trials: readonly TrialGrowth[]): readonly TrialGrowth[] {
  const still = trials.filter(({ late }) => late.resized === 0)
  const isLarge = trials.some(trial => WINDOWS.some(window => trial[window].resized > PIECE_BYTES))
  if (isLarge || still.length < STILL * trials.length) return trials
  const without = (growth: WindowGrowth): WindowGrowth => ({
    ...growth,
    rate: growth.rate - growth.resized / growth.width,
    resized: 0,
  })
  return trials.map(({ middle, late }) => ({ middle: without(middle), late: without(late) }))
}

/**
 * The first `count` trials that those of an arm are compared with. Where machines shared the experiment, an arm that one of
 * them launched is compared with what the same machine launched, if that is enough: what differs between machines then
 * differs on both sides (blocking: R. A. Fisher, The Design of Experiments, 1935), and a part says the same alone and merged.
 */
export function referenceTrials(
  reference: ArmKey,
  { arm, operations, count }: { arm: readonly TrialRecord[]; operations: number; count: number },
  book: TrialBook,
): readonly TrialRecord[] {
  const all = book.completed(reference, 'measure', operations)
  const [shard, ...others] = new Set(arm.map(trial => trial.shard))
  if (shard === undefined || others.length > 0) return all.slice(0, count)
  const own = all.filter(trial => trial.shard === shard)
  return (own.length >= count ? own : all).slice(0, count)
}
