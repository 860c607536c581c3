import type { TrialRecord } from '../../types/index.js'
import type { ArmKey } from './arms.js'
import type { TrialBook } from './trial-book.js'

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
