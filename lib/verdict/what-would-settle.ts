import { margin } from '../stats/effect.js'
import { cleanLevel } from './looks.js'
import type { MetricLook } from './replay.js'
import type { DecisionSettings } from './types.js'
import { amount, whole } from './wording.js'
import { growthUnit } from './growth.js'

/** Most operations that are suggested, as a multiple of those of the call. */
const MOST = 64

/**
 * What another run would need in order to decide a metric, from the noise that was seen: what varies between readings
 * does not grow with the operations between them, so its share of the growth falls as they get more.
 */
export function whatWouldSettle(look: MetricLook, operations: number, settings: DecisionSettings): string {
  const unit = growthUnit(look.metric, settings.unit)
  const of = look.status === 'filling' ? look.effects.h2 : look.effects.g2
  const word = settings.unit === 'second' ? 'seconds' : 'operations'
  if (look.status === 'filling' || look.status === 'late') {
    return `A run with ${whole(operations * 2)} ${word} a trial or more would tell.`
  }
  const wide = margin(of, cleanLevel(settings.errorRate))
  const gap = Math.abs(look.threshold - of.estimate)
  const most = Math.max(0, of.estimate) + wide
  const another =
    look.metric === 'heap' ? `, or a threshold above ${amount(most * 1.1, look.metric, unit)}` : ''
  const factor = gap > 0 ? 2 ** Math.max(1, Math.ceil(Math.log2(wide / gap))) : Infinity
  if (factor > MOST) {
    return `It is too near the threshold of ${amount(look.threshold, look.metric, unit)} to be told from it: another threshold would settle it.`
  }
  return `A run with about ${whole(operations * factor)} ${word} a trial${another} would settle it.`
}
