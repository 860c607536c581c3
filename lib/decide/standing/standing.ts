import type { TrialRecord, Verdict } from '../../types/index.js'
import type { ArmKey, Subject } from '../growth/arms.js'
import type { TrialBook } from '../growth/trial-book.js'
import { type MetricLook, type Replay, replay } from '../rule/replay.js'
import { type Retention, judgeRetention } from '../rule/retention-rule.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import type { Need } from '../types.js'
import { type FailureVerdict, judgeFailures } from './failures.js'

/** Trials that are wanted of an arm. */
interface Wanted {
  readonly arm: ArmKey
  readonly need: Need
}

interface Looked {
  /** Its looks. */
  readonly replay: Replay
  /** What idle time left, by accused metric; empty while there is no retention trial. */
  readonly retention: ReadonlyMap<string, Retention>
}

type Failed<Kind> = Extract<FailureVerdict, { readonly kind: Kind }>

/** Where one component or set stands: the one answer to what is known of it. */
export type Standing = Looked &
  (
    | {
        /** The next look is wanted, or trials that failures are compared with. */
        readonly kind: 'open'
        readonly pending: Replay['pending']
        readonly wants: readonly Wanted[]
      }
    /** Every look was taken, and neither is shown. */
    | { readonly kind: 'undecided' }
    | { readonly kind: 'clean' }
    /** Growth is shown, and an idle check is wanted. */
    | { readonly kind: 'accused'; readonly wants: readonly Wanted[] }
    /** Growth is shown, and idle time does not release it, or was not asked for. */
    | { readonly kind: 'leak' }
    /** Growth was shown, and idle time releases it: all of it, or so much that it is neither. */
    | { readonly kind: 'released' | 'partly-released' }
    /** Growth is shown, and its idle checks fail again and again. */
    | { readonly kind: 'unchecked'; readonly failure: Failed<'leak' | 'inconclusive'> }
    /** Its trials ran out of memory, or grew until they were cut at their time limit. */
    | { readonly kind: 'fails-by-growth'; readonly failure: Failed<'leak'> }
    /** Too many of its trials failed, or of those that it is compared with. */
    | { readonly kind: 'failed'; readonly failure: Failed<'inconclusive'> }
  )

/** What a standing means before warnings take anything away. */
export function verdictOf(standing: Standing): Verdict {
  switch (standing.kind) {
    case 'leak':
    case 'fails-by-growth':
      return 'leak'
    case 'clean':
    case 'released':
      return 'clean'
    case 'unchecked':
      return standing.failure.kind
    case 'open':
    case 'undecided':
    case 'accused':
    case 'partly-released':
    case 'failed':
      return 'inconclusive'
  }
}

/** What the looks show, whether or not idle time releases it. */
export function shownBy({ kind }: Standing): 'leak' | 'clean' | 'open' | 'failed' {
  switch (kind) {
    case 'leak':
    case 'fails-by-growth':
    case 'accused':
    case 'released':
    case 'partly-released':
    case 'unchecked':
      return 'leak'
    case 'open':
    case 'undecided':
      return 'open'
    case 'clean':
    case 'failed':
      return kind
  }
}

/** What is wanted for its own sake. */
export function wantsOf(standing: Standing): readonly Wanted[] {
  return standing.kind === 'open' || standing.kind === 'accused' ? standing.wants : []
}

/**
 * Combines looks and failures. What completed trials have shown comes first; then failures, which end the arm; then
 * the next look. An accusation waits for a retention trial (and for one of the reference, if that shows a release),
 * which counts for nothing else: the looks stay at the trials that were planned for them.
 * @param remaining hypotheses that are not rejected yet (Holm)
 */
export function standingOf(
  subject: Subject,
  book: TrialBook,
  settings: DecisionSettings,
  remaining: number,
): Standing {
  const taken = replay(subject, book, settings, remaining)
  const failure = judgeFailures(subject, book, settings, remaining)
  if (taken.state === 'leak') return accused(taken, book, settings, failure)
  const looked = { replay: taken, retention: new Map<string, Retention>() }
  if (failure?.kind === 'leak') return { ...looked, kind: 'fails-by-growth', failure }
  if (failure?.kind === 'inconclusive') return { ...looked, kind: 'failed', failure }
  if (failure?.kind === 'needs-reference') {
    const { operations, trials } = failure
    const need: Need = { purpose: 'measure', operations, trials }
    return { ...looked, kind: 'open', pending: 'open', wants: [{ arm: failure.arm, need }] }
  }
  if (taken.state === 'clean') return { ...looked, kind: 'clean' }
  if (taken.next === null) return { ...looked, kind: 'undecided' }
  const { operations, trials, reference } = taken.next
  const want = (arm: ArmKey, count: number): Wanted => ({
    arm,
    need: { purpose: 'measure', operations, trials: count },
  })
  const others = subject.reference === null ? [] : [want(subject.reference, reference)]
  return { ...looked, kind: 'open', pending: taken.pending, wants: [want(subject.arm, trials), ...others] }
}

function accused(
  taken: Replay,
  book: TrialBook,
  settings: DecisionSettings,
  failure: FailureVerdict | null,
): Standing {
  const looked = { replay: taken, retention: new Map<string, Retention>() }
  if (settings.retentionMs === 0) return { ...looked, kind: 'leak' }
  const { subject, operations } = taken
  const check = (arm: ArmKey): Standing => {
    // Trials that fail again and again cannot be checked: the failures have the word.
    if (failure !== null && failure.kind !== 'needs-reference')
      return { ...looked, kind: 'unchecked', failure }
    return {
      ...looked,
      kind: 'accused',
      wants: [{ arm, need: { purpose: 'retention', operations, trials: 1 } }],
    }
  }
  const [trial] = book.completed(subject.arm, 'retention', operations)
  if (trial === undefined) return check(subject.arm)
  const judged = (referenceTrial: TrialRecord | null): Standing => {
    const retention = retentions(taken, trial, referenceTrial, book, settings)
    return { replay: taken, retention, kind: checkedKind(taken, retention, settings) }
  }
  const alone = judged(null)
  // A reference that releases memory only makes more of the growth kept: it need not be asked.
  const isKept = ({ kind }: Retention): boolean => kind === 'kept' || kind === 'not-due'
  if (subject.reference === null || [...alone.retention.values()].every(isKept)) return alone
  const [referenceTrial] = book.completed(subject.reference, 'retention', operations)
  return referenceTrial === undefined ? check(subject.reference) : judged(referenceTrial)
}

function checkedKind(
  taken: Replay,
  retention: ReadonlyMap<string, Retention>,
  settings: DecisionSettings,
): 'leak' | 'released' | 'partly-released' {
  const verdicts = taken.metrics.map(look =>
    metricVerdict(look, taken, retention.get(look.metric) ?? null, settings),
  )
  if (verdicts.includes('leak')) return 'leak'
  return verdicts.every(verdict => verdict === 'clean') ? 'released' : 'partly-released'
}

/** The last look at one metric. */
export function lookAt(
  { replay: { metrics } }: Standing,
  metric: MetricLook['metric'],
): MetricLook | undefined {
  return metrics.find(look => look.metric === metric)
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

/** The verdict on one metric, from its last look and, where it was accused, from the retention trial. */
export function metricVerdict(
  look: MetricLook,
  taken: Replay,
  retention: Retention | null,
  settings: DecisionSettings,
): Verdict {
  if (look.status === 'leak' && taken.state === 'leak') {
    if (retention === null) return settings.retentionMs === 0 ? 'leak' : 'inconclusive'
    return retention.kind === 'kept' ? 'leak' : retention.kind === 'released' ? 'clean' : 'inconclusive'
  }
  return look.clean ? 'clean' : 'inconclusive'
}
