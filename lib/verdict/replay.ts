import { effectsOf, judgeBytes } from './byte-rule.js'
import type { Effects, LookStatus } from './byte-rule.js'
import { judgeCounts } from './count-rule.js'
import type { Subject } from './arms.js'
import { LOOKS, SECOND_STAGE, cleanLevel, leakLevel } from './looks.js'
import { referenceTrials } from './reference-trials.js'
import { ERROR_FLOOR, accusableGrowth, isCount, thresholdOf } from './thresholds.js'
import type { TrialBook } from './trial-book.js'
import type { TrialGrowth } from './trial-growth.js'
import { BYTE_METRICS, COUNT_METRICS } from './types.js'
import type { ByteMetric, CountMetric, DecisionSettings } from './types.js'
import type { TrialRecord } from '../types.js'

/** What the last look showed of one metric. */
export interface MetricLook {
  readonly metric: ByteMetric | CountMetric
  readonly status: LookStatus
  /** Whether this or an earlier look called it clean and nothing has spoken against it since. */
  readonly clean: boolean
  readonly effects: Effects
  readonly threshold: number
  readonly forgivenSteps: number
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
  /** Why it was sent to the next look. */
  readonly pending: 'open' | 'filling' | 'late'
  /** Operations and trials an arm of the last look. */
  readonly operations: number
  readonly arm: readonly TrialRecord[]
  readonly reference: readonly TrialRecord[] | null
  readonly metrics: readonly MetricLook[]
}

/**
 * Takes the looks at one component. Each look sees the first trials of both arms in the order of their numbers (of the reference
 * those of {@link referenceTrials}), so
 * later trials never change what an earlier look decided, and peeking in between is harmless.
 * `remaining` is the number of components not accused yet (Holm).
 */
export function replay(
  subject: Subject,
  book: TrialBook,
  settings: DecisionSettings,
  remaining: number,
): Replay {
  let last: Replay | null = null
  let index = 0
  for (;;) {
    const look = LOOKS[index]
    // Every look was taken.
    if (look === undefined) return { ...(last as Replay), state: 'exhausted', next: null }
    const operations = settings.operations * look.multiple
    // An arm that is judged by itself is the reference of the others.
    const trials = subject.reference === null ? look.reference : look.trials
    const arm = book.completed(subject.arm, 'measure', operations).slice(0, trials)
    const reference =
      subject.reference === null
        ? null
        : referenceTrials(subject.reference, { arm, operations, count: look.reference }, book)
    if (arm.length < trials || (reference !== null && reference.length < look.reference)) {
      const next = { operations, trials, reference: look.reference }
      return { ...(last ?? provisional(subject, book, settings)), state: 'waiting', next }
    }
    const before: Before = last ?? { pending: 'open', metrics: [] }
    const metrics = lookAt({
      ...{ arm, reference, book, settings, remaining, operations },
      before: before.metrics,
    })
    const secondStage = look.multiple === 2
    const taken = { ...{ subject, operations, arm, reference, metrics }, pending: before.pending, next: null }
    if (metrics.some(({ status }) => status === 'leak')) return { ...taken, state: 'leak' }
    if (metrics.length > 0 && metrics.every(({ clean }) => clean)) return { ...taken, state: 'clean' }
    const pending = pendingOf(metrics)
    last = { ...taken, state: 'waiting', pending }
    index = pending === 'open' || secondStage ? index + 1 : SECOND_STAGE
  }
}

/** What the looks before showed. */
type Before = Pick<Replay, 'pending' | 'metrics'>

function pendingOf(metrics: readonly MetricLook[]): Replay['pending'] {
  const statuses = metrics.map(({ status }) => status)
  if (statuses.includes('filling')) return 'filling'
  return statuses.some(status => status === 'late' || status === 'close' || status === 'warming')
    ? 'late'
    : 'open'
}

interface LookInput {
  readonly arm: readonly TrialRecord[]
  readonly reference: readonly TrialRecord[] | null
  readonly book: TrialBook
  readonly settings: DecisionSettings
  readonly remaining: number
  readonly operations: number
  readonly before: readonly MetricLook[]
}

function lookAt(input: LookInput): readonly MetricLook[] {
  const { settings, remaining, operations, before } = input
  const wasClean = (metric: MetricLook['metric']): boolean =>
    before.some(look => look.metric === metric && look.clean)
  const bytes = BYTE_METRICS.map(metric =>
    measured(input, metric, (arm, reference) => {
      const threshold = thresholdOf(metric, settings, operations)
      const look = judgeBytes(arm, reference, {
        threshold,
        accusable: accusableGrowth(metric, settings, operations),
        leakLevel: leakLevel(settings.errorRate, metric, remaining),
        cleanLevel: cleanLevel(settings.errorRate),
        secondStage: operations > settings.operations,
      })
      const clean = look.status === 'clean' || (look.status === 'open' && wasClean(metric))
      return { metric, threshold, clean, ...look }
    }),
  )
  const counts = COUNT_METRICS.map(metric =>
    measured(input, metric, (arm, reference) => {
      const threshold = thresholdOf(metric, settings, operations)
      const status = judgeCounts(arm, reference, threshold)
      const clean = status === 'clean' || (status === 'open' && wasClean(metric))
      return { metric, threshold, status, clean, effects: effectsOf(arm, reference, 0), forgivenSteps: 0 }
    }),
  )
  return [...bytes, ...counts].filter(look => look !== null)
}

/** Nothing for a metric that the platform does not tell. */
function measured(
  { arm, reference, book }: Pick<LookInput, 'arm' | 'reference' | 'book'>,
  metric: MetricLook['metric'],
  judge: (arm: readonly TrialGrowth[], reference: readonly TrialGrowth[] | null) => MetricLook,
): MetricLook | null {
  const own = book.growth(arm, metric)
  const others = reference === null ? null : book.growth(reference, metric)
  if (own === null || (reference !== null && others === null)) return null
  return judge(own, others)
}

/** Before the first look: the growth seen so far, if any, with nothing decided. */
function provisional(subject: Subject, book: TrialBook, settings: DecisionSettings): Replay {
  const { operations } = settings
  const arm = book.completed(subject.arm, 'measure', operations)
  const reference =
    subject.reference === null ? null : book.completed(subject.reference, 'measure', operations)
  const some = arm.length > 0 && (reference === null || reference.length > 0)
  const metrics = [...BYTE_METRICS, ...COUNT_METRICS].map(metric =>
    measured({ arm, reference, book }, metric, (own, others) => ({
      metric,
      status: 'open',
      clean: false,
      effects: effectsOf(own, others, isCount(metric) ? 0 : ERROR_FLOOR),
      threshold: thresholdOf(metric, settings, operations),
      forgivenSteps: 0,
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
