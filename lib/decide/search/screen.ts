import { mean, variance } from '../stats/effect.js'
import type { Subject } from '../growth/arms.js'
import { LOOKS } from '../rule/looks.js'
import type { MetricLook } from '../rule/replay.js'
import { lookAt } from '../standing/standing.js'
import type { Evidence } from './findings.js'
import type { Standing } from '../standing/standing.js'

/** Growth of one metric that a set adds, with its standard error. */
export interface Amount {
  readonly estimate: number
  readonly error: number
}

/** Growth that a set adds, by the metrics of a {@link Scale}, in their order. */
export type Growths = readonly Amount[]

/** What growth of parts of a set is measured with: taken from the looks that showed the growth of the whole. */
export interface Scale {
  readonly operations: number
  /** Trials an arm. */
  readonly trials: number
  readonly metrics: readonly ScaleMetric[]
}

export interface ScaleMetric {
  readonly metric: MetricLook['metric']
  readonly threshold: number
  /** Standard deviation of the late growth of one trial. */
  readonly deviation: number
}

/** One trial an arm is enough where the growth that is searched for is this many standard deviations. */
const PLAIN = 10

/** Smallest standard deviation that is believed, as a share of the threshold: a few trials may agree by chance. */
const LEAST_DEVIATION = 1 / 16

/** Growth is followed when it is this many standard errors. */
const FOLLOWED = 2

/** `null` when no growth was shown by looks: the set ran out of memory, for one. */
export function scaleOf(whole: Standing, evidence: Evidence): Scale | null {
  const { replay } = whole
  if (replay.state !== 'leak') return null
  const metrics = replay.metrics
    .filter(({ status }) => status === 'leak')
    .map(({ metric, threshold }) => {
      const arms = [replay.arm, replay.reference ?? []].map(trials =>
        (evidence.book.growth(trials, metric) ?? []).map(trial => trial.late.rate),
      )
      return { metric, threshold, deviation: Math.max(threshold * LEAST_DEVIATION, pooled(arms)) }
    })
  const plain = metrics.every(
    ({ metric, deviation }) => (lookAt(whole, metric)?.effects.late.estimate ?? 0) >= PLAIN * deviation,
  )
  return { operations: replay.operations, trials: plain ? 1 : 2, metrics }
}

function pooled(samples: readonly (readonly number[])[]): number {
  const degrees = samples.reduce((sum, values) => sum + Math.max(0, values.length - 1), 0)
  const squares = samples.reduce((sum, values) => sum + variance(values) * Math.max(0, values.length - 1), 0)
  return degrees === 0 ? 0 : Math.sqrt(squares / degrees)
}

/** What a set adds, from its first trials; `null` when they failed, or a metric is not told. */
export function screened(
  subject: Subject,
  { operations, trials, metrics }: Scale,
  { book }: Evidence,
): Growths | null {
  // The reference has more trials where it has been judged by itself.
  const arm = book.completed(subject.arm, 'measure', operations).slice(0, trials)
  const reference =
    subject.reference === null
      ? []
      : book
          .completed(subject.reference, 'measure', operations)
          .slice(0, Math.max(trials, LOOKS[0]?.reference ?? 0))
  if (arm.length < trials || (subject.reference !== null && reference.length < trials)) return null
  const growths = metrics.map(({ metric, deviation }): Amount | null => {
    const own = book.growth(arm, metric)?.map(trial => trial.late.rate)
    const others = book.growth(reference, metric)?.map(trial => trial.late.rate)
    if (own === undefined || others === undefined) return null
    return {
      estimate: mean(own) - (others.length === 0 ? 0 : Math.max(0, mean(others))),
      error: deviation * Math.sqrt(1 / own.length + (others.length === 0 ? 0 : 1 / others.length)),
    }
  })
  const told = growths.filter(growth => growth !== null)
  return told.length === metrics.length ? told : null
}

/** What a judged component or set adds, from its looks. */
export function lookedAt(judged: Standing, { metrics }: Scale): Growths {
  const { arm, reference } = judged.replay
  return metrics.map(({ metric, deviation }) => {
    const effect = lookAt(judged, metric)?.effects.late
    if (effect === undefined) return { estimate: 0, error: 0 }
    const error = deviation * Math.sqrt(1 / arm.length + (reference === null ? 0 : 1 / reference.length))
    return { estimate: effect.estimate, error: Math.max(error, effect.standardError) }
  })
}

export function minus(whole: Growths, part: Growths): Growths {
  return whole.map(({ estimate, error }, index) => {
    const other = part[index] ?? { estimate: 0, error: 0 }
    return { estimate: estimate - other.estimate, error: Math.hypot(error, other.error) }
  })
}

/**
 * Sum of what parts add by themselves; a part that shrinks takes nothing from the others. They are compared with the
 * same trials of the application, whose share of the error adds up; that of their own trials does not.
 */
export function sumOf(parts: readonly Growths[], { metrics }: Scale): Growths {
  return metrics.map((_, index) => ({
    estimate: parts.reduce((sum, growths) => sum + Math.max(0, growths[index]?.estimate ?? 0), 0),
    error: jointError(parts.map(growths => growths[index]?.error ?? 0)),
  }))
}

function jointError(errors: readonly number[]): number {
  const sum = errors.reduce((total, error) => total + error, 0)
  return Math.hypot(sum, ...errors) / Math.SQRT2
}

/** Whether it may well hold a leak: it reaches the threshold within its error, and is not all error. */
export function isFollowed(growths: Growths, { metrics }: Scale): boolean {
  return metrics.some(({ threshold }, index) => {
    const { estimate, error } = growths[index] ?? { estimate: 0, error: 0 }
    return estimate + error >= threshold && estimate >= FOLLOWED * error
  })
}

/** Whether it is shown that growth differs from none by less than the threshold, by every metric of the scale. */
export function isWithin(growths: Growths, { metrics }: Scale): boolean {
  return metrics.every(({ threshold }, index) => {
    const { estimate, error } = growths[index] ?? { estimate: 0, error: 0 }
    return Math.abs(estimate) + FOLLOWED * error < threshold
  })
}

/** How the growth of a set compares with what its agents add by themselves. */
export interface Comparison {
  /** Beyond the tolerance and the error: more, or less. */
  readonly more: boolean
  readonly less: boolean
  /** More, by the estimates alone. */
  readonly perhapsMore: boolean
}

export function compared(whole: Growths, parts: Growths, { metrics }: Scale): Comparison {
  const beyond = metrics.map(({ threshold }, index) => {
    const { estimate, error } = minus(whole, parts)[index] ?? { estimate: 0, error: 0 }
    const tolerance = Math.max(threshold, TOLERANCE * (parts[index]?.estimate ?? 0))
    return { excess: estimate - tolerance, lack: -estimate - tolerance, doubt: FOLLOWED * error }
  })
  return {
    more: beyond.some(({ excess, doubt }) => excess > doubt),
    less: beyond.some(({ lack, doubt }) => lack > doubt),
    perhapsMore: beyond.some(({ excess }) => excess > 0),
  }
}

/** By this share a whole may differ from the sum of its parts: more work, larger tables. */
const TOLERANCE = 0.25
