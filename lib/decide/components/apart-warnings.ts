import type { DecidedWarning } from '../because.js'
import { armAgents } from '../growth/arms.js'
import { growthUnit } from '../growth/growth.js'
import { thresholdOf } from '../growth/thresholds.js'
import type { TrialBook } from '../growth/trial-book.js'
import { persistent } from '../growth/trial-growth.js'
import { CONTRADICTS, excessOf } from '../rule/byte-rule.js'
import { BYTE_METRICS, type DecisionSettings } from '../../types/decision-settings.js'
import type { Standing } from '../standing/standing.js'

/**
 * Completed trials that grow throughout by a multiple of the threshold, while others as long do not grow: also those that no look came
 * to, or that count for little. One whose application went on is spoken for by the longer trial.
 */
export function apartWarnings(
  { replay: { subject, metrics } }: Standing,
  book: TrialBook,
  settings: DecisionSettings,
): readonly DecidedWarning[] {
  const { arm, reference } = subject
  const all = book
    .all(arm)
    .filter(({ outcome, purpose }) => outcome.kind === 'completed' && purpose === 'measure')
  const accused = metrics.filter(({ status }) => status === 'leak').map(({ metric }) => metric)
  return [...new Set(all.map(trial => trial.operations))].flatMap(operations => {
    const trials = book.completed(arm, 'measure', operations)
    const others = reference === null ? null : book.completed(reference, 'measure', operations)
    if (others?.length === 0) return []
    return BYTE_METRICS.filter(metric => !accused.includes(metric)).flatMap(metric => {
      const own = book.growth(trials, metric)
      const usual = others === null ? null : book.growth(others, metric)
      if (own === null || (others !== null && usual === null)) return []
      const threshold = thresholdOf(metric, settings, operations)
      const excess = excessOf(own, usual, persistent)
      const still = excess.filter(growth => growth <= threshold).length
      return trials.flatMap((trial, index): DecidedWarning[] => {
        const growth = excess[index] ?? 0
        const wentOn = all.some(({ continues }) => continues === trial.id)
        if (still === 0 || wentOn || growth <= CONTRADICTS * threshold) return []
        const unit = growthUnit(metric, settings.unit)
        return [
          {
            code: 'TRIAL_APART',
            because: { code: 'apart', arm, trial: trial.id, metric, growth, unit, still },
            downgrades: true,
            agents: armAgents(arm),
            trial: trial.id,
          },
        ]
      })
    })
  })
}
