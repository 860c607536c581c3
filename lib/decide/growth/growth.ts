import { margin } from '../stats/effect.js'
import type { Effect } from '../stats/effect.js'
import type { Growth, Metric } from '../../types/index.js'
import { isCount } from './thresholds.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

export function growthUnit(metric: Metric, unit: DecisionSettings['unit']): Growth['unit'] {
  return `${isCount(metric) ? 'count' : 'bytes'}/${unit}`
}

/** An effect as it is reported: with the two-sided interval at `1 - errorRate`. */
export function growthOf(effect: Effect, metric: Metric, settings: DecisionSettings): Growth {
  const half = margin(effect, settings.errorRate / 2)
  return {
    estimate: effect.estimate,
    low: effect.estimate - half,
    high: effect.estimate + half,
    unit: growthUnit(metric, settings.unit),
  }
}

/** Growth of which too little is known for an interval: fewer than two trials an arm were completed. */
export function unknownGrowth(metric: Metric, settings: DecisionSettings, estimate = 0): Growth {
  return { estimate, low: -Infinity, high: Infinity, unit: growthUnit(metric, settings.unit) }
}
