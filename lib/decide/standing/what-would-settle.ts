import { margin } from '../stats/effect.js'
import { growthUnit } from '../growth/growth.js'
import { cleanLevel } from '../rule/looks.js'
import type { MetricLook } from '../rule/replay.js'
import { isCount, operationsToAccuse } from '../growth/thresholds.js'
import type { DecisionSettings } from '../types.js'
import { amount, whole } from './wording.js'

/** Most operations that are suggested, as a multiple of those of the call. */
const MOST = 64

/**
 * What another run would need in order to decide a metric, from the noise that was seen: what varies between readings
 * does not grow with the operations between them, so its share of the growth falls as they get more.
 */
export function whatWouldSettle(look: MetricLook, operations: number, settings: DecisionSettings): string {
  const word = settings.unit === 'second' ? 'seconds' : 'operations'
  const longer = `A run with ${whole(operations * 2)} ${word} a trial or more would tell`
  if (look.status === 'filling') return `${longer}${forgives(operations * 2, settings)}.`
  if (look.status === 'late') {
    return `${longer}: a single step does not come again, and a leak is then seen through half of the trial.`
  }
  if (look.status === 'warming') {
    const enough = Math.max(2 * operations, Math.ceil(operationsToAccuse(settings, 1)))
    return `A run with ${whole(enough)} ${word} a trial or more would tell.`
  }
  const { estimate } = look.effects.late
  const wide = margin(look.effects.late, cleanLevel(settings.errorRate))
  const gap = Math.abs(look.threshold - estimate)
  const factor = gap > 0 ? 2 ** Math.max(1, Math.ceil(Math.log2(wide / gap))) : Infinity
  // Counts are exact, and their threshold falls as trials get longer.
  if (isCount(look.metric)) return `${longer}.`
  if (factor > MOST)
    return tooNear(look, Math.max(0, estimate - wide), Math.max(0, estimate) + wide, settings)
  const another = `a threshold above ${inThreshold(look, (Math.max(0, estimate) + wide) * 1.1, settings)}`
  return `A run with about ${whole(operations * factor)} ${word} a trial, or ${another}, would settle it.`
}

/** How large a cache may be that a trial of so many operations, and the second stage of twice as many, tell from a leak. */
function forgives(operations: number, { unit }: DecisionSettings): string {
  const full = operations / 2
  return unit === 'second'
    ? ` it from memory that is held for up to ${whole(full)} s`
    : ` it from a cache of up to ${whole(full)} entries`
}

function tooNear(look: MetricLook, low: number, high: number, settings: DecisionSettings): string {
  const limit = amount(look.threshold, look.metric, growthUnit(look.metric, settings.unit))
  const below = low > 0 ? `below ${inThreshold(look, low * 0.9, settings)} or ` : ''
  const above = `above ${inThreshold(look, high * 1.1, settings)}`
  return `It is too near the threshold of ${limit} to be told from it: a threshold ${below}${above} would settle it.`
}

/** As a value of the option `threshold`: that of memory outside the heap is a multiple of it. */
function inThreshold(look: MetricLook, bytes: number, settings: DecisionSettings): string {
  return amount((bytes * settings.threshold) / look.threshold, 'heap', growthUnit('heap', settings.unit))
}
