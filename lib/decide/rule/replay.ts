import type { Yardstick } from '../growth/arm-growth.js'
import { effectsOf, judgeBytes, judgeCounts } from './byte-rule.js'
import type { ByteLimits, ByteLook, Effects, LookStatus } from './byte-rule.js'
import type { Subject } from '../growth/arms.js'
import { LOOKS, cleanLevel, leakLevel, stageOf } from './looks.js'
import { accusableGrowth, isCount, pieceOf, readingFloor, thresholdOf } from '../growth/thresholds.js'
import { type TrialBook, referenceTrials } from '../growth/trial-book.js'
import { gridSample, type GridPoint, type TrialGrowth } from '../growth/trial-growth.js'
import { BYTE_METRICS, COUNT_METRICS } from '../../types/decision-settings.js'
import type { ByteMetric, CountMetric, DecisionSettings } from '../../types/decision-settings.js'
import type { TrialRecord } from '../../types/index.js'

/** What the last look showed of one metric. */
export interface MetricLook {
  readonly metric: ByteMetric | CountMetric
  readonly status: LookStatus
  /** Whether this or an earlier look called it clean and nothing has spoken against it since. */
  readonly clean: boolean
  readonly effects: Effects
  readonly threshold: number
}

/** What the next look needs: completed trials of the arm and of its reference. */
export interface NextLook {
  readonly operations: number
  readonly trials: number
  readonly reference: number
}

/** The looks at one component, taken in order, each at exactly the trials that belong to it. */
export interface Replay {
  readonly subject: Subject
  /** `waiting` for the trials of `next`; `exhausted`: every look was taken, neither shown. */
  readonly state: 'leak' | 'clean' | 'waiting' | 'exhausted'
  readonly next: NextLook | null
  /** Why it was sent to the next look: `few` asks for more launches, all others for longer ones. */
  readonly pending: 'open' | 'few' | 'filling' | 'late'
  /** Operations and trials an arm of the last look. */
  readonly operations: number
  readonly arm: readonly TrialRecord[]
  readonly reference: readonly TrialRecord[] | null
  readonly metrics: readonly MetricLook[]
}

/**
 * Takes the looks at one component, each at the first trials of both arms in the order of their numbers (of the reference
 * those of {@link referenceTrials}). Once decided, no further look is asked for, but one whose trials were made for other components is
 * taken all the same: it may withdraw an accusation, or a clean verdict.
 * `remaining` is the number of components not accused yet (Holm).
 */
export function replay(
  subject: Subject,
  book: TrialBook,
  settings: DecisionSettings,
  remaining: number,
): Replay {
  let last: Replay | null = null
  let asked = 0
  for (const [index, look] of LOOKS.entries()) {
    const isDecided = last !== null && last.state !== 'waiting'
    if (!isDecided && index < asked) continue
    const operations = settings.operations * look.multiple
    // An arm that is judged by itself is the reference of the others.
    const trials = subject.reference === null ? look.reference : look.trials
    const arm = book.completed(subject.arm, 'measure', operations).slice(0, trials)
    const reference =
      subject.reference === null
        ? null
        : referenceTrials(subject.reference, { arm, operations, count: look.reference }, book)
    if (arm.length < trials || (reference !== null && reference.length < look.reference)) {
      if (isDecided) continue
      const next = { operations, trials, reference: look.reference }
      return { ...(last ?? provisional(subject, book, settings)), state: 'waiting', next }
    }
    const stage = stageOf(look)
    const seen = { arm, reference, book, settings, remaining, operations, stage }
    const metrics = lookAt(seen, last?.metrics ?? [])
    last = { ...{ subject, operations, arm, reference, metrics }, ...standing(metrics), next: null }
    asked = last.pending === 'few' ? index + 1 : firstLonger(index)
  }
  // Every look was taken.
  const taken = last as Replay
  return taken.state === 'waiting' ? { ...taken, state: 'exhausted' } : taken
}

/** The first look at longer trials; the next one where there are none. */
function firstLonger(index: number): number {
  const longer = LOOKS.findIndex(look => look.multiple > (LOOKS[index]?.multiple ?? 0))
  return longer < 0 ? index + 1 : longer
}

function standing(metrics: readonly MetricLook[]): Pick<Replay, 'state' | 'pending'> {
  const statuses = metrics.filter(({ clean }) => !clean).map(({ status }) => status)
  const pending = statuses.includes('filling')
    ? 'filling'
    : statuses.some(status => WAIT_FOR_LONGER.has(status))
      ? 'late'
      : statuses.includes('open') || !statuses.includes('few')
        ? 'open'
        : 'few'
  if (statuses.includes('leak')) return { state: 'leak', pending }
  const isClean = metrics.length > 0 && metrics.every(({ clean }) => clean)
  return { state: isClean ? 'clean' : 'waiting', pending }
}

function isOpen(status: LookStatus): boolean {
  return status === 'open' || status === 'few'
}

/** More trials of the same length would not tell. */
const WAIT_FOR_LONGER = new Set<LookStatus>(['late', 'close', 'warming', 'apart'])

/** What takes back an accusation: not that longer trials fail to show it again, but that they show something else. */
const WITHDRAWS = new Set<LookStatus>(['clean', 'filling'])

interface LookInput {
  readonly arm: readonly TrialRecord[]
  readonly reference: readonly TrialRecord[] | null
  readonly book: TrialBook
  readonly settings: DecisionSettings
  readonly remaining: number
  readonly operations: number
  readonly stage: ByteLimits['stage']
}

function lookAt(input: LookInput, before: readonly MetricLook[]): readonly MetricLook[] {
  const { settings, remaining, operations, stage } = input
  const heaps = Math.max(...[...input.arm, ...(input.reference ?? [])].map(trial => heapsOf(trial, 'end')))
  const look = (
    metric: MetricLook['metric'],
    seen: Omit<ByteLook, 'limit'>,
    threshold: number,
  ): MetricLook => {
    const earlier = before.find(one => one.metric === metric)
    const stands = earlier?.status === 'leak' && !WITHDRAWS.has(seen.status)
    const status = stands ? 'leak' : seen.status
    const clean = status === 'clean' || (isOpen(status) && earlier?.clean === true)
    return { ...seen, metric, threshold, status, clean }
  }
  const bytes = BYTE_METRICS.map(metric =>
    measured(input, metric, (arm, reference, yardstick) => {
      const judged = judgeBytes(arm, reference, yardstick, {
        accusable: accusableGrowth(metric, settings, { operations, heaps }),
        leakLevel: leakLevel(settings.errorRate, metric, remaining),
        cleanLevel: cleanLevel(settings.errorRate),
        piece: pieceOf(metric),
        stage,
      })
      return look(metric, judged, judged.limit)
    }),
  )
  const counts = COUNT_METRICS.map(metric =>
    measured(input, metric, (arm, reference, yardstick) => {
      const effects = effectsOf(arm, reference, yardstick)
      const level = leakLevel(settings.errorRate, metric, remaining)
      const status = judgeCounts(arm, reference, effects, {
        threshold: yardstick.threshold,
        level,
        stage,
      })
      return look(metric, { status, effects }, yardstick.threshold)
    }),
  )
  return [...bytes, ...counts].filter(one => one !== null)
}

/** Main threads and worker threads of a trial, each of which warms up by itself. */
export function heapsOf(trial: TrialRecord, at: GridPoint): number {
  return Math.max(1, gridSample(trial, at).parts?.length ?? 1)
}

/** Nothing for a metric that the platform does not tell. */
function measured(
  {
    arm,
    reference,
    book,
    settings,
    operations,
  }: Pick<LookInput, 'arm' | 'reference' | 'book' | 'settings' | 'operations'>,
  metric: MetricLook['metric'],
  judge: (
    arm: readonly TrialGrowth[],
    reference: readonly TrialGrowth[] | null,
    yardstick: Yardstick,
  ) => MetricLook,
): MetricLook | null {
  const own = book.growth(arm, metric)
  const others = reference === null ? null : book.growth(reference, metric)
  if (own === null || (reference !== null && others === null)) return null
  return judge(own, others, {
    threshold: thresholdOf(metric, settings, operations),
    floor: readingFloor(metric, settings, operations),
    exact: isCount(metric),
  })
}

/** Before the first look: the growth seen so far, if any, with nothing decided. */
function provisional(subject: Subject, book: TrialBook, settings: DecisionSettings): Replay {
  const { operations } = settings
  const arm = book.completed(subject.arm, 'measure', operations)
  const reference =
    subject.reference === null ? null : book.completed(subject.reference, 'measure', operations)
  const some = arm.length > 0 && (reference === null || reference.length > 0)
  const metrics = [...BYTE_METRICS, ...COUNT_METRICS].map(metric =>
    measured({ arm, reference, book, settings, operations }, metric, (own, others, yardstick) => ({
      metric,
      status: 'open',
      clean: false,
      effects: effectsOf(own, others, yardstick),
      threshold: yardstick.threshold,
    })),
  )
  return {
    subject,
    state: 'waiting',
    next: null,
    pending: 'open',
    operations,
    arm: some ? arm : [],
    reference: some || reference === null ? reference : [],
    metrics: some ? metrics.filter(look => look !== null) : [],
  }
}
