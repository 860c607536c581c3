import { gridFor } from '../growth/grid.js'
import type { Growth, TrialRecord } from '../../types/index.js'
import type { FailedTrial, FailureBecause } from '../failure-because.js'
import type { ArmKey, Subject } from '../growth/arms.js'
import { growthUnit } from '../growth/growth.js'
import type { TrialBook } from '../growth/trial-book.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import { isCut, judgeCut, type Cut } from './cut-short.js'

/** Failed trials after which an arm is given up, and out-of-memory ends after which it is accused. */
export const FAILURES = 2

/** What failed trials decide about a component, before any growth is looked at. */
export type FailureVerdict =
  | { readonly kind: 'leak'; readonly growth: Growth; readonly because: FailureBecause }
  | { readonly kind: 'inconclusive'; readonly because: FailureBecause }
  /** The reference must have completed trials before running out of memory can be blamed on the component. */
  | {
      readonly kind: 'needs-reference'
      readonly arm: ArmKey
      readonly operations: number
      readonly trials: number
    }

/**
 * `null` while failures decide nothing.
 * @param remaining hypotheses that are not rejected yet (Holm)
 */
export function judgeFailures(
  subject: Subject,
  book: TrialBook,
  settings: DecisionSettings,
  remaining: number,
): FailureVerdict | null {
  const failed = book.failed(subject.arm)
  const reference = subject.reference === null ? [] : book.failed(subject.reference)
  // Before the first reading nothing grew with operations: such an end says nothing about growth.
  const exhausted = failed.filter(trial => trial.outcome.kind === 'out-of-memory' && trial.samples.length > 0)
  const [first] = exhausted
  if (first !== undefined && exhausted.length >= FAILURES && reference.length === 0) {
    const operations = first.operations
    const healthy =
      subject.reference === null ? FAILURES : book.completed(subject.reference, 'measure', operations).length
    if (healthy < FAILURES && subject.reference !== null)
      return { kind: 'needs-reference', arm: subject.reference, operations, trials: FAILURES }
    const { kind, arm, reference: other } = subject
    return {
      kind: 'leak',
      growth: leastGrowth(exhausted, settings),
      because: {
        ...{ about: 'failures', code: 'out-of-memory', trials: exhausted.length },
        subject: { kind, arm, reference: other },
      },
    }
  }
  const endsOf = (trials: readonly TrialRecord[]): FailedTrial[] =>
    trials.map(({ id, outcome }) => ({ trial: id, outcome }))
  if (failed.length >= FAILURES) {
    const cut = failed.every(isCut) ? judgeCut(subject, failed, { book, settings, remaining }) : null
    if (reference.length === 0 && cut !== null) {
      const verdict = cutVerdict(subject, failed, cut)
      if (verdict !== null) return verdict
    }
    const seen = cut?.seen ?? null
    const because = { about: 'failures', code: 'failed', arm: subject.arm, ends: endsOf(failed) } as const
    return { kind: 'inconclusive', because: { ...because, ...(seen === null ? {} : { seen }) } }
  }
  if (reference.length >= FAILURES && subject.reference !== null) {
    const { reference: arm } = subject
    return {
      kind: 'inconclusive',
      because: { about: 'failures', code: 'no-reference', arm, ends: endsOf(reference) },
    }
  }
  return null
}

/** `null` where what was seen until trials were cut decides nothing. */
function cutVerdict(
  { reference }: Subject,
  trials: readonly TrialRecord[],
  { seen, needsReference, isLeak }: Cut,
): FailureVerdict | null {
  if (needsReference && reference !== null) {
    const operations = trials[0]?.operations ?? 0
    return { kind: 'needs-reference', arm: reference, operations, trials: FAILURES }
  }
  if (!isLeak || seen === null) return null
  const because = { about: 'failures', code: 'cut-short', trials: trials.length, seen } as const
  return { kind: 'leak', growth: seen.growth, because }
}

/**
 * A lower bound: the heap went from its last settled reading to its limit in fewer operations than lay before the next
 * reading. The upper bound is the whole heap in one operation.
 */
function leastGrowth(trials: readonly TrialRecord[], settings: DecisionSettings): Growth {
  const bounds = trials.map(({ samples, heapLimitBytes, operations }) => {
    const last = samples.at(-1)
    const free = heapLimitBytes - (last?.values.heap ?? heapLimitBytes)
    const next = [...gridFor(operations), Math.round((operations * 9) / 8)].find(
      point => point > (last?.operations ?? 0),
    )
    return free / ((next ?? operations) - (last?.operations ?? 0))
  })
  const least = Math.max(0, Math.min(...bounds))
  const limit = Math.max(...trials.map(trial => trial.heapLimitBytes))
  return { estimate: least, low: least, high: limit, unit: growthUnit('heap', settings.unit) }
}
