import type { Night } from '../../lib/nightly/history/night.js'
import { mean, variance } from '../../lib/decide/stats/effect.js'

/** The threshold rule: the first night, from 1, that is a leak; `null`: none. */
export function firstAboveThreshold(nights: readonly Night[]): number | null {
  const index = nights.findIndex(night => night.outcome === 'finished' && night.verdict === 'leak')
  return index < 0 ? null : index + 1
}

const FEWEST_NIGHTS = 5

/** Shewhart's chart: the first night, from 1, more than three standard deviations above the mean of all before; `null`: none. */
export function firstShewhart(nights: readonly Night[]): number | null {
  const seen: number[] = []
  for (const [index, night] of nights.entries()) {
    if (night.outcome !== 'finished') continue
    const estimate = night.components[0]?.metrics[0]?.estimate ?? 0
    if (seen.length >= FEWEST_NIGHTS && estimate > mean(seen) + 3 * Math.sqrt(variance(seen)))
      return index + 1
    seen.push(estimate)
  }
  return null
}
