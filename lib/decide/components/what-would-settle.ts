import type { Settles } from '../because.js'
import { isCount, operationsToAccuse } from '../growth/thresholds.js'
import { cleanLevel } from '../rule/looks.js'
import type { MetricLook } from '../rule/replay.js'
import { margin } from '../stats/effect.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** Most operations that are suggested, as a multiple of those of the call. */
const MOST = 64

/** How far a suggested threshold lies beyond what the trials cannot tell from it. */
const BEYOND = 1.1
const SHORT_OF = 0.9

/**
 * What another run would need in order to decide a metric, from the noise that was seen: what varies between readings
 * does not grow with the operations between them, so its share of the growth falls as they get more.
 */
export function whatWouldSettle(look: MetricLook, operations: number, settings: DecisionSettings): Settles {
  const { status, threshold, effects } = look
  const longer = { code: 'longer', operations: operations * 2, forgives: null, step: false } as const
  if (status === 'filling') return { ...longer, forgives: operations }
  if (status === 'late') return { ...longer, step: true }
  if (status === 'warming')
    return { ...longer, operations: Math.max(2 * operations, Math.ceil(operationsToAccuse(settings, 1))) }
  // Counts are exact, and their threshold falls as trials get longer.
  if (isCount(look.metric)) return longer
  const { estimate } = effects.late
  const wide = margin(effects.late, cleanLevel(settings.errorRate))
  const gap = Math.abs(threshold - estimate)
  const factor = gap > 0 ? 2 ** Math.max(1, Math.ceil(Math.log2(wide / gap))) : Infinity
  // As a value of the option: that of memory outside the heap is a multiple of it.
  const asOption = (bytes: number): number => (bytes * settings.threshold) / threshold
  const above = asOption((Math.max(0, estimate) + wide) * BEYOND)
  if (factor <= MOST) return { code: 'longer-or-threshold', operations: operations * factor, above }
  const low = Math.max(0, estimate - wide)
  return { code: 'threshold', below: low > 0 ? asOption(low * SHORT_OF) : null, above }
}
