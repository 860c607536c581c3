import type { ArmKey } from '../growth/arms.js'
import { judgeFailures } from './failures.js'
import type { FailureVerdict } from './failures.js'
import type { Replay } from '../rule/replay.js'
import { judgeRetention } from '../rule/retention-rule.js'
import type { Retention } from '../rule/retention-rule.js'
import type { TrialRecord } from '../../types.js'
import type { TrialBook } from '../growth/trial-book.js'
import type { DecisionSettings } from '../settings.js'
import type { ArmState, Need } from '../types.js'

/** Where one component stands: its looks, its failures, its retention trial, and what is still wanted. */
export interface Judgement {
  readonly replay: Replay
  readonly failure: FailureVerdict | null
  /** By accused metric; empty while there is no retention trial. */
  readonly retention: ReadonlyMap<string, Retention>
  readonly status: ArmState['status']
  readonly wants: readonly { readonly arm: ArmKey; readonly need: Need }[]
}

/**
 * Combines looks and failures. What completed trials have shown comes first; then failures, which end the arm; then
 * the next look. An accusation waits for a retention trial (and for one of the reference, if that shows a release),
 * which counts for nothing else: the looks stay at the trials that were planned for them.
 */
export function judge(taken: Replay, book: TrialBook, settings: DecisionSettings): Judgement {
  const { subject } = taken
  const failure = judgeFailures(subject, book, settings)
  const decided = {
    replay: taken,
    failure: null,
    retention: new Map(),
    status: 'decided',
    wants: [],
  } as const
  if (taken.state === 'leak') return accused(taken, book, settings, failure, decided)
  if (failure !== null) return { ...decided, failure, ...failureWants(failure, taken) }
  if (taken.next === null) return decided
  const { operations, trials, reference } = taken.next
  const want = (arm: ArmKey, count: number): Judgement['wants'][number] => ({
    arm,
    need: { purpose: 'measure', operations, trials: count },
  })
  const others = subject.reference === null ? [] : [want(subject.reference, reference)]
  return { ...decided, status: taken.pending, wants: [want(subject.arm, trials), ...others] }
}

function failureWants(failure: FailureVerdict, taken: Replay): Pick<Judgement, 'status' | 'wants'> {
  const { reference } = taken.subject
  if (failure.kind !== 'needs-reference' || reference === null) return { status: 'decided', wants: [] }
  const { operations, trials } = failure
  return { status: 'open', wants: [{ arm: reference, need: { purpose: 'measure', operations, trials } }] }
}

function accused(
  taken: Replay,
  book: TrialBook,
  settings: DecisionSettings,
  failure: FailureVerdict | null,
  decided: Judgement,
): Judgement {
  if (settings.retentionMs === 0) return decided
  const { subject, operations } = taken
  const [trial] = book.completed(subject.arm, 'retention', operations)
  if (trial === undefined) {
    // Trials that fail again and again cannot be checked: the failures have the word.
    if (failure !== null && failure.kind !== 'needs-reference') return { ...decided, failure }
    const need: Need = { purpose: 'retention', operations, trials: 1 }
    return { ...decided, status: 'accusable', wants: [{ arm: subject.arm, need }] }
  }
  const judged = (referenceTrial: TrialRecord | null): Map<string, Retention> =>
    retentions(taken, trial, referenceTrial, book, settings)
  const alone = judged(null)
  // A reference that releases memory only makes more of the growth kept: it need not be asked.
  if (subject.reference === null || [...alone.values()].every(({ kind }) => kind === 'kept')) {
    return { ...decided, retention: alone }
  }
  const [referenceTrial] = book.completed(subject.reference, 'retention', operations)
  if (referenceTrial !== undefined) return { ...decided, retention: judged(referenceTrial) }
  if (failure !== null && failure.kind !== 'needs-reference') return { ...decided, failure }
  const need: Need = { purpose: 'retention', operations, trials: 1 }
  return { ...decided, status: 'accusable', wants: [{ arm: subject.reference, need }] }
}

/** What a retention trial says about each accused metric. */
function retentions(
  taken: Replay,
  trial: TrialRecord,
  referenceTrial: TrialRecord | null,
  book: TrialBook,
  settings: DecisionSettings,
): Map<string, Retention> {
  const outcomes = new Map<string, Retention>()
  for (const { metric, threshold, effects } of taken.metrics.filter(({ status }) => status === 'leak')) {
    const arm = book.growth(taken.arm, metric)
    const reference = taken.reference === null ? null : book.growth(taken.reference, metric)
    if (arm === null) continue
    const shown = { metric, arm, reference, late: effects.late, threshold, unit: settings.unit }
    const outcome = judgeRetention({ ...shown, trial, referenceTrial })
    if (outcome !== null) outcomes.set(metric, outcome)
  }
  return outcomes
}
