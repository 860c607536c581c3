import { mean, oneSample, probabilityNotAbove, probabilityNotBelow, welch } from '../stats/effect.js'
import type { Effect } from '../stats/effect.js'
import { ERROR_FLOOR } from './thresholds.js'
import type { Quantity, TrialGrowth } from './trial-growth.js'

/**
 * What one look at one metric shows.
 *
 * - `leak`, `clean`: shown
 * - `filling`: it grows, but slower and slower
 * - `close`: it grows, by little more than the threshold
 * - `warming`: it grows, by no more than warming up might in so few operations
 * - `late`: nothing at first, growth in the last half of the trials
 * - `open`: neither shown yet
 */
export type LookStatus = 'leak' | 'clean' | 'filling' | 'close' | 'warming' | 'late' | 'open'

/** What a component adds by one metric: its arm compared with its reference. */
export type Effects = Readonly<Record<Quantity, Effect>>

export interface ByteLook {
  readonly status: LookStatus
  readonly effects: Effects
  /** Trials whose growth in the last half was a single step, forgiven in a clean verdict. */
  readonly forgivenSteps: number
}

export interface ByteLimits {
  readonly threshold: number
  /** Growth that can be accused, at least the threshold: see `accusableGrowth`. */
  readonly accusable: number
  /** One-sided level of an accusation. */
  readonly leakLevel: number
  /** One-sided level of a clean verdict. */
  readonly cleanLevel: number
  /** Whether the trials have twice the operations: growth is accused and forgiven there that would wait at first. */
  readonly secondStage: boolean
}

/** Growth that slows down to less than this share from one window to the next may be a pool that fills. */
const STEADY = 2 / 3

/** In the first stage, growth of less than this times the threshold is confirmed with twice the operations. */
const CLOSE = 1.5

/**
 * Fewer trials than this, which may agree by chance, accuse only by growth of {@link EVIDENT} times the threshold, and clear
 * only where no part of any trial grew by much: what leaks in large pieces may have done so just once.
 */
const FEW = 3
const EVIDENT = 4
const MUCH = 2

/**
 * The last quarter alone may grow by this many times the threshold: what grows by doubling does so in single quarters,
 * and steady growth is bounded over the whole last half already.
 */
const LAST_QUARTER = 1.5

/**
 * From this many trials of twice the operations, a step in one of them is forgiven. Fewer trials, or shorter ones, would
 * also forgive a leak that comes in large pieces.
 */
const FORGIVING = 5

/** Differences between an arm and its reference, or for the application (`null`) its own growth. */
export function effectsOf(
  arm: readonly TrialGrowth[],
  reference: readonly TrialGrowth[] | null,
  floor: number,
): Effects {
  const effect = (quantity: Quantity): Effect => {
    const values = arm.map(trial => trial.value[quantity])
    const bias = mean(arm.map(trial => trial.bias[quantity]))
    if (reference === null) return oneSample(values, floor, bias)
    return welch(
      values,
      reference.map(trial => trial.value[quantity]),
      floor,
      bias + mean(reference.map(trial => trial.bias[quantity])),
    )
  }
  return {
    g1: effect('g1'),
    g2: effect('g2'),
    h1: effect('h1'),
    h2: effect('h2'),
    m: effect('m'),
    g2t: effect('g2t'),
  }
}

/**
 * Judges one metric in bytes from equally many trials of an arm and its reference. A component is accused when the
 * growth that persists through both windows exceeds the threshold, exceeds what warming up might add, and does not slow down.
 * The arm's own growth then exceeds them as well, because a reference that shrinks counts as one that stands still.
 *
 * With twice the operations, steady growth through both quarters of the last half is enough: a leak that began in the
 * last half at first may have begun anywhere in the window before.
 *
 * It is clean when growth above the threshold is ruled out over both windows and the last quarter. Growth that
 * happened late, in some trials or in all, may be a single step, a leak that begins late, or a table that doubles: with
 * twice the operations a step does not come again, and what grows does.
 */
export function judgeBytes(
  arm: readonly TrialGrowth[],
  reference: readonly TrialGrowth[] | null,
  limits: ByteLimits,
): ByteLook {
  const { threshold, accusable, leakLevel, cleanLevel, secondStage } = limits
  const effects = effectsOf(arm, reference, ERROR_FLOOR)
  // The second stage has two ways to accuse, which share its level.
  const level = secondStage ? leakLevel / 2 : leakLevel
  const shown = (quantity: Quantity, limit = threshold): boolean =>
    probabilityNotAbove(effects[quantity], limit) <= level
  const persists = (limit: number): boolean => shown('m', limit) || (secondStage && shown('g2t', limit))
  const ruledOut = (quantity: Quantity, limit = threshold): boolean =>
    probabilityNotBelow(effects[quantity], limit) <= cleanLevel
  const answer = (status: LookStatus, forgivenSteps = 0): ByteLook => ({ status, effects, forgivenSteps })

  if (persists(threshold)) {
    if (slowsDown(effects)) return answer('filling')
    if (arm.length < FEW && effects.m.estimate < EVIDENT * threshold) return answer('open')
    const isNear = effects.m.estimate < CLOSE * accusable
    if (!persists(accusable)) return answer(isNear ? 'warming' : 'open')
    if (!secondStage && isNear) return answer('close')
    return answer('leak')
  }
  if (!ruledOut('m')) return answer('open')

  // A leak that began in the last quarter at first has begun before the second half of twice as many operations.
  const quarter = secondStage ? Infinity : LAST_QUARTER * threshold
  const late = [stepsOf(arm, reference, 'g2', threshold), stepsOf(arm, reference, 'h2', quarter)]
  if (shown('g2') || late.some(stepped => stepped.every(Boolean))) return answer('late')
  if (!ruledOut('g2t')) return answer('open')
  const few = arm.length < FEW && !secondStage
  if (few && stepsOf(arm, reference, 'g1', MUCH * threshold).some(Boolean)) return answer('open')
  if (ruledOut('g2') && ruledOut('h2', quarter)) return answer('clean')

  const stepped = arm.filter((_, index) => late.some(list => list[index])).length
  if (stepped > 0 && !secondStage) return answer('late')
  return stepped === 1 && arm.length >= FORGIVING ? answer('clean', stepped) : answer('open')
}

/** Which trials of the arm grew late by more than the limit, beyond what the reference does on average. */
function stepsOf(
  arm: readonly TrialGrowth[],
  reference: readonly TrialGrowth[] | null,
  quantity: 'g1' | 'g2' | 'h2',
  limit: number,
): boolean[] {
  const usual = reference === null ? 0 : Math.max(0, mean(reference.map(trial => trial.value[quantity])))
  return arm.map(trial => trial.value[quantity] - usual > limit)
}

/**
 * A pool that is nearly full, or a start that takes long. The second condition sees a pool that filled up in the
 * last quarter; growth by doubling, whose steps are larger each time, does not meet it.
 */
function slowsDown({ g1, g2, h1, h2 }: Effects): boolean {
  if (g2.estimate < STEADY * g1.estimate) return true
  return g2.estimate < 0.85 * g1.estimate && h2.estimate < 0.65 * h1.estimate
}
