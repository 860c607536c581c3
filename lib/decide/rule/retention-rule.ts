import { type Effect, mean, variance } from '../stats/effect.js'
import type { Metric, Sample, TrialRecord } from '../../types/index.js'
import {
  type TrialGrowth,
  type Window,
  gridSample,
  position,
  unsettledBytes,
} from '../growth/trial-growth.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** What a retention trial says about growth that was shown. */
export interface Retention {
  /**
   * - `kept`: it stays, the accusation stands
   * - `released`: it does not, and what stays of the whole trial is below the threshold: no leak
   * - `unclear`: neither
   * - `not-due`: it stays, as timers do that the operations started and that idle time did not last for
   */
  readonly kind: 'kept' | 'released' | 'unclear' | 'not-due'
  /** Of `not-due`: what was pending. */
  readonly pending?: NonNullable<Sample['pendingTimers']>
  /** Of the growth of the last half, 1 is all. */
  readonly keptShare: number
  /** What stays of the growth since the start, per operation (or second). */
  readonly keptGrowth: number
  /** By how much that may be off, same unit. */
  readonly doubt: number
  /** How long the load had been over, ms; `null`: not told. */
  readonly idleMs: number | null
}

/** Kept from this share on: growth by doubling keeps 0.8, the eighth of operations after the wait may double nothing. */
const KEPT = 0.75
/** From this share on it is kept if what is left exceeds the threshold by itself. */
const PARTLY_KEPT = 0.5

/** Operations after the wait as a share of the trial's. */
const AFTER_WAIT = 0.125

/** How many standard deviations between trials what is left may be off, in a single trial. */
const DEVIATIONS = 2.5

interface RetentionInput {
  readonly metric: Metric
  readonly trial: TrialRecord
  /** A retention trial of the reference, where there is one. */
  readonly referenceTrial: TrialRecord | null
  /** Growth of the arm and of its reference in the trials of the accusing look. */
  readonly arm: readonly TrialGrowth[]
  readonly reference: readonly TrialGrowth[] | null
  /** Late growth that the component adds, from the accusing look. */
  readonly late: Effect
  readonly threshold: number
  readonly unit: DecisionSettings['unit']
}

/**
 * Compares what is left after the idle wait and an eighth more operations with what would be left if nothing had been
 * released. `null` where the trial does not tell the metric.
 *
 * Growth is kept when most of that of the last half is left. That little of it is left does not clear the component:
 * idle time may also have released what had been there before. It is cleared by what is left since the start, less the
 * growth of the operations after the wait, which may be held as those before were.
 *
 * Without a retention trial of the reference, the reference counts as releasing nothing; with one, what it releases is
 * not credited to the component.
 */
export function judgeRetention(input: RetentionInput): Retention | null {
  const { metric, trial, referenceTrial, arm, reference, late, threshold, unit } = input
  const own = leftGrowth(trial, metric, unit, mean(arm.map(trial => trial.late.rate)))
  if (own === null) return null
  const usual = reference === null ? 0 : mean(reference.map(trial => trial.late.rate))
  const others = referenceTrial === null ? null : leftGrowth(referenceTrial, metric, unit, usual)
  const ofLastHalf = own.ofLastHalf - (others?.ofLastHalf ?? Math.max(0, usual))
  const keptGrowth = own.sinceStart - (others?.sinceStart ?? Math.max(0, usual))
  const keptShare = ofLastHalf / late.estimate
  const deviation = (trials: readonly TrialGrowth[]): number =>
    DEVIATIONS * Math.sqrt(variance(trials.map(trial => trial.late.rate)))
  // Growth that was released takes its noise along; that of the operations after the wait is still there.
  const present = Math.min(1, Math.max(keptShare, AFTER_WAIT))
  const noise = deviation(arm) * present + (reference === null ? 0 : deviation(reference))
  const doubt = noise + own.bias + (others?.bias ?? 0)
  const kind = kindOf()
  const { idleMs = null, pendingTimers: pending } = retainedSample(trial) ?? {}
  const told = { keptShare, keptGrowth, doubt, idleMs }
  return kind === 'kept' && pending !== undefined ? { kind: 'not-due', pending, ...told } : { kind, ...told }

  function kindOf(): Retention['kind'] {
    if (keptShare >= KEPT || (keptShare >= PARTLY_KEPT && ofLastHalf > threshold)) return 'kept'
    const mostlyGone = keptShare + doubt / late.estimate < PARTLY_KEPT
    return mostlyGone && keptGrowth + doubt < threshold ? 'released' : 'unclear'
  }
}

function retainedSample({ samples }: TrialRecord): Sample | undefined {
  return samples.find(({ kind }) => kind === 'retained')
}

interface LeftGrowth {
  readonly ofLastHalf: number
  readonly sinceStart: number
  readonly bias: number
}

/** Growth that is left of one trial. `rate` is its usual late growth. */
function leftGrowth(
  trial: TrialRecord,
  metric: Metric,
  unit: DecisionSettings['unit'],
  rate: number,
): LeftGrowth | null {
  const retained = retainedSample(trial)
  const [start, half, end] = [
    gridSample(trial, 'start'),
    gridSample(trial, 'half'),
    gridSample(trial, 'end'),
  ] as const
  if (retained === undefined) return null
  const between = (from: Sample, to: Sample): number => position(to, unit) - position(from, unit)
  const value = (sample: Sample): number => sample.values[metric] ?? NaN
  // In idle workloads, time that passes after the last reading is time like any other.
  const after = unit === 'second' ? 0 : between(end, retained)
  const ofLastHalf = (value(retained) - value(half)) / between(half, retained)
  const sinceStart = (value(retained) - value(start) - after * rate) / (between(start, retained) - after)
  if (Number.isNaN(ofLastHalf) || Number.isNaN(sinceStart)) return null
  const unsettled = [start, half, retained].map(sample => unsettledBytes(sample, metric))
  return { ofLastHalf, sinceStart, bias: (2 * Math.max(...unsettled)) / between(half, end) }
}

/** What resident memory hints at. It never accuses. */
type ResidentHint = 'none' | 'grows' | 'grows-a-lot'

/** Growth over the last half of a trial below which resident memory says nothing: its noise is up to 1 MB. */
const NOTICEABLE_BYTES = 4 * 1024 * 1024

/**
 * Growth over the last half of a trial that keeps a component from clean. Healthy agents were seen to grow by 15 kB an
 * operation over the first 5,000 requests, 38 MB in the last half of them, before they stopped.
 */
const LARGE_BYTES = 64 * 1024 * 1024

export interface ResidentInput {
  readonly rss: readonly TrialGrowth[]
  /** Growth of everything that V8 accounts for, by trial in the same order: it explains as much of the resident memory. */
  readonly explained: readonly (readonly TrialGrowth[])[]
}

/**
 * Looks at the resident memory that nothing else explains: its persistent growth in every trial of the arm, beyond
 * anything in the reference.
 */
export function judgeResident(
  arm: ResidentInput,
  reference: ResidentInput | null,
  threshold: number,
): ResidentHint {
  const usual = Math.max(0, ...(reference === null ? [] : unexplained(reference).map(({ rate }) => rate)))
  const beyond = unexplained(arm).map(({ rate, width }) => ({
    rate: rate - usual,
    bytes: (rate - usual) * width,
  }))
  if (beyond.length < 2 || !beyond.every(({ rate }) => rate > threshold)) return 'none'
  if (beyond.every(({ bytes }) => bytes >= LARGE_BYTES)) return 'grows-a-lot'
  return beyond.every(({ bytes }) => bytes >= NOTICEABLE_BYTES) ? 'grows' : 'none'
}

function unexplained({ rss, explained }: ResidentInput): { rate: number; width: number }[] {
  return rss.map(({ middle, late }, index) => {
    const known = (window: Window): number =>
      explained.reduce((sum, trials) => sum + Math.max(0, trials[index]?.[window].rate ?? 0), 0)
    const rate = Math.min(middle.rate - known('middle'), late.rate - known('late'))
    return { rate, width: late.width }
  })
}
