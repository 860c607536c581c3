import type { Growth, TrialRecord } from '../../types/index.js'
import type { CutShort, FailedTrial, FailureBecause } from '../failure-because.js'
import type { ArmKey, Subject } from '../growth/arms.js'
import type { TrialBook } from '../growth/trial-book.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import { accusableGrowth, readingFloor, thresholdOf, growthOf, growthUnit } from '../growth/thresholds.js'
import {
  FIRST_HALF,
  type GridPoint,
  gridSample,
  operationsAt,
  persistent,
  readingAt,
  trialGrowth,
  gridFor,
} from '../growth/trial-growth.js'
import { EVIDENT, effectsOf, grewBy, isShown, slowsDown } from '../rule/byte-rule.js'
import { leakLevel } from '../rule/looks.js'
import { heapsOf } from '../rule/replay.js'

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

/** Fewest trials of each side. */
const FEWEST = 2

/** An operation that takes so many times as long as before, and so much more than without the component, is slower. */
const SLOWER = 1.5

/** What the readings show that trials took before they were cut. */
interface Cut {
  /** `null`: there is nothing yet that they could be compared with. */
  readonly seen: CutShort | null
  /** The reference has too few completed trials of so many operations for an accusation that the arm itself bears out. */
  readonly needsReference: boolean
  readonly isLeak: boolean
}

/** Whether a trial that works was cut at its time limit. */
function isCut({ purpose, outcome }: TrialRecord): boolean {
  return purpose === 'measure' && outcome.kind === 'hung' && outcome.limit === 'trialTimeoutMs'
}

/**
 * Judges trials that were cut at their time limit after half of their operations or later; `null` where they were not all of one size, or
 * did not get there. Half a trial tells less than a whole one, and idle time was not asked: only growth that is evident in every trial, in
 * both quarters alike, is a leak, and only where each operation takes longer than the one before, as where all that is kept is gone through
 * again and again. An agent that is merely slow keeps its pace or its heap.
 */
function judgeCut(
  subject: Subject,
  cut: readonly TrialRecord[],
  { book, settings, remaining }: { book: TrialBook; settings: DecisionSettings; remaining: number },
): Cut | null {
  const [first] = cut
  if (first === undefined || cut.some(trial => trial.operations !== first.operations)) return null
  if (cut.some(trial => readingAt(trial, 'half') === undefined)) return null
  const { operations } = first
  const arm = [...cut, ...book.completed(subject.arm, 'measure', operations)]
  const reference =
    subject.reference === null ? null : book.completed(subject.reference, 'measure', operations)

  const half = operations / 2
  const threshold = thresholdOf('heap', settings, half)
  const heaps = Math.max(...[...arm, ...(reference ?? [])].map(trial => heapsOf(trial, 'half')))
  const evident = Math.max(
    EVIDENT * threshold,
    accusableGrowth('heap', settings, { operations: half, heaps }),
  )
  const own = growths(arm, settings)
  const others = reference === null || reference.length === 0 ? null : growths(reference, settings)
  const isEvident = grewBy(own, others, persistent, evident).every(Boolean)
  const slower = slowerBy(arm, reference ?? [])
  const accuses = cut.length >= FEWEST && isEvident && slower !== null && slower >= SLOWER
  if (reference?.length === 0) return { seen: null, needsReference: accuses, isLeak: false }

  const yardstick = { threshold, floor: readingFloor('heap', settings, half), exact: false }
  const effects = effectsOf(own, others, yardstick)
  const seen: CutShort = {
    ...{ arm: subject.arm, reference: subject.reference },
    ...{ operations, from: operationsAt(first, 'quarter'), until: operationsAt(first, 'half') },
    growth: growthOf(effects.late, 'heap', settings),
    slower,
  }
  const isKnown = others === null || others.length >= FEWEST
  const shown = isShown(effects, evident, leakLevel(settings.errorRate, 'heap', remaining))
  return {
    seen,
    needsReference: accuses && !isKnown,
    isLeak: accuses && isKnown && shown && !slowsDown(effects, 'longer'),
  }
}

function growths(
  trials: readonly TrialRecord[],
  { unit }: DecisionSettings,
): readonly NonNullable<ReturnType<typeof trialGrowth>>[] {
  return trials
    .map(trial => trialGrowth(trial, 'heap', unit, 0, FIRST_HALF))
    .filter(growth => growth !== null)
}

/**
 * By how many times an operation of the second quarter took longer than one of the first, at least, beyond what the reference does at
 * most; `null` where it was not measured.
 */
function slowerBy(arm: readonly TrialRecord[], reference: readonly TrialRecord[]): number | null {
  const own = arm.map(paceChange)
  const usual = reference.map(paceChange)
  if ([...own, ...usual].includes(null)) return null
  return Math.min(...own.map(Number)) / Math.max(1, ...usual.map(Number))
}

function paceChange(trial: TrialRecord): number | null {
  const tookMs = (from: GridPoint, to: GridPoint): number =>
    (gridSample(trial, to).loadMs ?? NaN) - (gridSample(trial, from).loadMs ?? NaN)
  const change = tookMs('quarter', 'half') / tookMs('start', 'quarter')
  return Number.isFinite(change) ? change : null
}
