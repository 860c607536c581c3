import {
  type Effect,
  difference,
  mean,
  ofOne,
  probabilityNotAbove,
  probabilityNotBelow,
} from '../stats/effect.js'
import { type ArmGrowth, type Yardstick, growthOfArms } from '../growth/arm-growth.js'
import { MINIMUM_COUNT, STILL } from '../growth/thresholds.js'
import { type TrialGrowth, type Window, persistent } from '../growth/trial-growth.js'

/**
 * What one look at one metric shows.
 *
 * - `leak`, `clean`: shown
 * - `filling`: it grows, but slower and slower
 * - `close`: it grows, by little more than the threshold
 * - `warming`: it grows, by no more than warming up might in so few operations
 * - `late`: nothing at first, growth in the last half of the trials
 * - `apart`: nothing on the whole, but one trial grows by a multiple of the threshold throughout
 * - `few`: neither shown yet, and so few launches may agree by chance
 * - `open`: neither shown yet
 */
export type LookStatus =
  'leak' | 'clean' | 'filling' | 'close' | 'warming' | 'late' | 'apart' | 'few' | 'open'

/** What a component adds by one metric in each window: its arm compared with its reference. */
export type Effects = Readonly<Record<Window, Effect>>

export interface ByteLook {
  readonly status: LookStatus
  readonly effects: Effects
  /** Growth that `clean` rules out: the threshold, or what one piece makes where the metric moves in pieces. */
  readonly limit: number
}

export interface ByteLimits {
  /** Growth that can be accused, at least the threshold: see `accusableGrowth`. */
  readonly accusable: number
  /** One-sided level of an accusation. */
  readonly leakLevel: number
  /** One-sided level of a clean verdict. */
  readonly cleanLevel: number
  /** Bytes that are gained at once where the metric moves in pieces; 0 where it does not. */
  readonly piece: number
  /** Whether the trials have the operations of the call, so that longer ones can confirm; or are longer, or the longest. */
  readonly stage: 'first' | 'longer' | 'last'
}

/** Growth that slows down to less than this share from one window to the next may be a pool that fills; before longer trials have confirmed it, and after. */
const STEADY = 0.9
const STILL_STEADY = 2 / 3

/** One-sided level at which growth must be shown to have been there before the last half: what accuses is the last half. */
const BEFORE_LEVEL = 0.02

/** In the first stage, growth of less than this times the threshold is confirmed with twice the operations. */
const CLOSE = 1.5

/**
 * Fewer trials than this, which may agree by chance, accuse only by growth of {@link EVIDENT} times the threshold, and clear
 * only where no part of any trial grew by much: what leaks in large pieces may have done so just once.
 */
const FEW = 3
export const EVIDENT = 4
const MUCH = 2

/** A trial that grows throughout by this many times the threshold more than the others keeps a component from being called clean. */
export const CONTRADICTS = 10

/**
 * Differences between an arm and its reference, or for the application (`null`) its own growth. A reference that shrinks counts as one
 * that stands still: shrinking earns no credit.
 */
export function effectsOf(
  arm: readonly TrialGrowth[],
  reference: readonly TrialGrowth[] | null,
  yardstick: Yardstick,
): Effects {
  const arms = growthOfArms(reference === null ? [arm] : [arm, reference], yardstick)
  const [own, others] = arms as [ArmGrowth, ArmGrowth?]
  const effect = (window: Window): Effect => {
    if (others === undefined) return ofOne(own[window])
    const { mean: usual, ...rest } = others[window]
    return difference(own[window], { ...rest, mean: Math.max(0, usual) })
  }
  return { middle: effect('middle'), late: effect('late') }
}

/**
 * Judges one metric in bytes from trials of an arm and its reference. A component is accused when its growth exceeds the threshold, and
 * what warming up or one piece might add, in both windows, and does not slow down. The arm's own growth then exceeds
 * them as well.
 *
 * It is clean when growth above the threshold is ruled out over the last half. Growth that happened late, in some trials or in all, may be
 * a single step, a leak that begins late, or a table that doubles: in longer trials a step does not come again, and what grows does.
 *
 * Pools and encoders take memory in pieces, each launch at a time of its own. Growth by such a piece is no noise that repeats tell: trials that
 * happen to agree know nothing. What moves in pieces must not have moved before the last half either to be clean, and later may have moved
 * by less than one piece where a part of the trials stood still.
 */
export function judgeBytes(
  arm: readonly TrialGrowth[],
  reference: readonly TrialGrowth[] | null,
  yardstick: Yardstick,
  limits: ByteLimits,
): ByteLook {
  const { threshold } = yardstick
  const { leakLevel, cleanLevel, stage } = limits
  const effects = effectsOf(arm, reference, yardstick)
  const piece = limits.piece / mean(arm.map(trial => trial.late.width))
  const accusable = Math.max(limits.accusable, piece)
  const persists = (growth: number): boolean => isShown(effects, growth, leakLevel)
  const answer = (status: LookStatus, limit = threshold): ByteLook => ({ status, effects, limit })
  const least = Math.min(effects.middle.estimate, effects.late.estimate)

  if (persists(threshold)) {
    if (slowsDown(effects, stage)) return answer('filling')
    if (arm.length < FEW && least < EVIDENT * threshold) return answer('few')
    const isNear = least < CLOSE * accusable
    if (!persists(accusable)) return answer(isNear ? 'warming' : 'open')
    if (stage === 'first' && isNear) return answer('close')
    return answer('leak')
  }

  const stepped = grewBy(arm, reference, late, threshold)
  if (probabilityNotAbove(effects.late, threshold) <= leakLevel || stepped.every(Boolean))
    return answer('late')
  const inPieces =
    piece > threshold && stage !== 'first' && arm.length >= FEW && standsStill(arm, reference, yardstick)
  const limit = inPieces ? piece : threshold
  const isRuledOut = (window: Window): boolean => probabilityNotBelow(effects[window], limit) <= cleanLevel
  if (!isRuledOut('late') || (piece > 0 && !inPieces && !isRuledOut('middle')))
    return answer(piece > 0 && arm.length < FEW ? 'few' : 'open')
  if (grewBy(arm, reference, persistent, CONTRADICTS * threshold).some(Boolean)) return answer('apart')
  const few = arm.length < FEW && stage === 'first'
  if (few && grewBy(arm, reference, late, MUCH * threshold).some(Boolean)) return answer('open')
  return answer('clean', limit)
}

/** Whether a part of the trials did not grow in the last half, as far as readings tell. */
function standsStill(
  arm: readonly TrialGrowth[],
  reference: readonly TrialGrowth[] | null,
  { floor }: Yardstick,
): boolean {
  const least = floor / mean(arm.map(trial => trial.late.width))
  return grewBy(arm, reference, late, least).filter(grew => !grew).length >= STILL * arm.length
}

const late = (trial: TrialGrowth): number => trial.late.rate

/** Which trials of the arm grew by more than the limit, beyond what the reference does on average. */
export function grewBy(
  arm: readonly TrialGrowth[],
  reference: readonly TrialGrowth[] | null,
  rateOf: (trial: TrialGrowth) => number,
  limit: number,
): boolean[] {
  return excessOf(arm, reference, rateOf).map(growth => growth > limit)
}

/** Growth of each trial of the arm beyond what the reference does on average. */
export function excessOf(
  arm: readonly TrialGrowth[],
  reference: readonly TrialGrowth[] | null,
  rateOf: (trial: TrialGrowth) => number,
): number[] {
  const usual = reference === null ? 0 : Math.max(0, mean(reference.map(rateOf)))
  return arm.map(trial => rateOf(trial) - usual)
}

/**
 * Whether growth above the limit is shown in both windows. The last alone keeps the level; that it was so before as well tells growth
 * from a step.
 */
export function isShown({ middle, late }: Effects, limit: number, level: number): boolean {
  return probabilityNotAbove(late, limit) <= level && probabilityNotAbove(middle, limit) <= BEFORE_LEVEL
}

/** A pool that is nearly full, or a start that takes long. */
export function slowsDown({ middle, late }: Effects, stage: ByteLimits['stage']): boolean {
  return late.estimate < (stage === 'first' ? STEADY : STILL_STEADY) * middle.estimate
}

/** Growth counts as proportional to operations when its windows differ by no more than this factor. */
const PROPORTIONAL = 3

interface CountLimits {
  readonly threshold: number
  /** One-sided level of an accusation. */
  readonly level: number
  readonly stage: ByteLimits['stage']
}

/**
 * Judges an exact integer (descriptors, listeners, ...) by proportion to operations: a leak when in every trial of
 * the arm both windows grow by at least the threshold and at similar rates, beyond anything that the reference does, and when the
 * growth is shown at the level that is its share of the error rate; clean when at most a minority of the trials grows by that much in its
 * last half. A pool that fills slows down.
 */
export function judgeCounts(
  arm: readonly TrialGrowth[],
  reference: readonly TrialGrowth[] | null,
  effects: Effects,
  { threshold, level, stage }: CountLimits,
): LookStatus {
  const most = Math.max(0, ...(reference ?? []).flatMap(({ middle, late }) => [middle.rate, late.rate]))
  const isProportionate = arm.every(
    trial => isProportional(trial, threshold) && trial.late.rate - most >= threshold,
  )
  const shown = isShown(effects, threshold / 2, level)
  if (isProportionate && shown) return slowsDown(effects, stage) ? 'filling' : 'leak'
  const usual = reference === null ? 0 : Math.max(0, mean(reference.map(trial => trial.late.rate)))
  const grew = arm.filter(trial => trial.late.rate - usual >= threshold).length
  return grew < arm.length / 2 ? 'clean' : 'open'
}

function isProportional({ middle, late }: TrialGrowth, threshold: number): boolean {
  const rates = [middle.rate, late.rate]
  return (
    [middle, late].every(
      ({ rate, width }) => rate >= threshold && Math.round(rate * width) >= MINIMUM_COUNT,
    ) && Math.max(...rates) <= PROPORTIONAL * Math.min(...rates)
  )
}
