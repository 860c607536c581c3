import { difference, groupOf, margin } from '../../decide/stats/effect.js'
import type { Backend, Growth, IsolationReport, Metric } from '../../types/index.js'
import { armKey } from '../../decide/growth/arms.js'
import { growthUnit, unknownGrowth } from '../../decide/growth/growth.js'
import { openBook } from '../../decide/growth/trial-book.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** Smallest standard error that is believed, bytes per operation (or second). */
const ERROR_FLOOR = 0.05

/**
 * Growth with one agent on minus growth with another, late in the trial, from the longest trials that both have two of; with
 * Welch's interval (B. L. Welch, Biometrika 34, 1947). Both are taken from the same run, so the application's own growth
 * cancels.
 */
export function growthDifference(
  report: Pick<IsolationReport, 'trials' | 'options' | 'components'>,
  metric: Metric,
  { from, to, backend }: { readonly from: string; readonly to: string; readonly backend: Backend },
): Growth {
  const unit = report.components[0]?.growth.unit.endsWith('second') === true ? 'second' : 'operation'
  const settings: DecisionSettings = { ...report.options, unit }
  const trials = report.trials.filter(trial => trial.backend === backend)
  const book = openBook(trials, settings)
  const order = report.options.agents.map(({ name }) => name)
  const values = (agent: string, operations: number): readonly number[] => {
    const completed = book.completed(armKey([agent], order), 'measure', operations)
    return book.growth(completed, metric)?.map(trial => trial.late.rate) ?? []
  }
  const sizes = [...new Set(trials.map(({ operations }) => operations))].sort((a, b) => b - a)
  for (const operations of sizes) {
    const [sample, reference] = [values(to, operations), values(from, operations)]
    if (sample.length < 2 || reference.length < 2) continue
    // Shrinking earns credit here: neither side is accused.
    const effect = difference(groupOf(sample), groupOf(reference), ERROR_FLOOR)
    const half = margin(effect, report.options.errorRate / 2)
    return {
      estimate: effect.estimate,
      low: effect.estimate - half,
      high: effect.estimate + half,
      unit: growthUnit(metric, unit),
    }
  }
  return unknownGrowth(metric, settings)
}
