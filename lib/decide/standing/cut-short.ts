import type { TrialRecord } from '../../types/index.js'
import type { CutShort } from '../failure-because.js'
import type { Subject } from '../growth/arms.js'
import { growthOf } from '../growth/growth.js'
import { accusableGrowth, readingFloor, thresholdOf } from '../growth/thresholds.js'
import {
  FIRST_HALF,
  gridSample,
  operationsAt,
  persistent,
  readingAt,
  trialGrowth,
  type GridPoint,
} from '../growth/trial-growth.js'
import type { TrialBook } from '../growth/trial-book.js'
import { EVIDENT, effectsOf, grewBy, isShown, slowsDown } from '../rule/byte-rule.js'
import { leakLevel } from '../rule/looks.js'
import { heapsOf } from '../rule/replay.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** Fewest trials of each side. */
const FEWEST = 2

/** An operation that takes so many times as long as before, and so much more than without the component, is slower. */
const SLOWER = 1.5

/** What the readings show that trials took before they were cut. */
export interface Cut {
  /** `null`: there is nothing yet that they could be compared with. */
  readonly seen: CutShort | null
  /** The reference has too few completed trials of so many operations for an accusation that the arm itself bears out. */
  readonly needsReference: boolean
  readonly isLeak: boolean
}

/** Whether a trial that works was cut at its time limit. */
export function isCut({ purpose, outcome }: TrialRecord): boolean {
  return purpose === 'measure' && outcome.kind === 'hung' && outcome.limit === 'trialTimeoutMs'
}

/**
 * Judges trials that were cut at their time limit after half of their operations or later; `null` where they were not all of one size, or
 * did not get there. Half a trial tells less than a whole one, and idle time was not asked: only growth that is evident in every trial, in
 * both quarters alike, is a leak, and only where each operation takes longer than the one before, as where all that is kept is gone through
 * again and again. An agent that is merely slow keeps its pace or its heap.
 */
export function judgeCut(
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
