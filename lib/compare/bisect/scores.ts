import { mean } from '../../decide/stats/effect.js'
import type { Metric, TrialRecord } from '../../types/index.js'
import { growthUnit } from '../../decide/growth/growth.js'
import { thresholdOf } from '../../decide/growth/thresholds.js'
import { persistent, trialGrowth } from '../../decide/growth/trial-growth.js'
import { BYTE_METRICS, COUNT_METRICS } from '../../types/decision-settings.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import type { BisectVersion } from '../../types/bisect.js'

/** What the trials of one version, or of the baseline, show. */
export interface Measured {
  /** Growth beyond the application's own, in thresholds of the metric that stands out most in the trial. */
  readonly scores: readonly number[]
  readonly growth: BisectVersion['growth'] | null
  /** How the trials ended that show nothing. */
  readonly failures: readonly string[]
}

/** Growth of a trial that ran out of memory, in thresholds: as much as speaks for a leak at all. */
const OUT_OF_MEMORY = 1000
const METRICS: readonly Metric[] = [...BYTE_METRICS, ...COUNT_METRICS]

/** What the application itself grows by, from its trials of the first stage. */
export type OwnGrowth = ReadonlyMap<Metric, number>

export function ownGrowth(trials: readonly TrialRecord[], settings: DecisionSettings): OwnGrowth {
  const counted = firstStage(trials, settings).filter(({ outcome }) => outcome.kind === 'completed')
  return new Map(
    METRICS.map(metric => {
      const values = counted.flatMap(trial => growthOf(trial, metric, settings) ?? [])
      // Shrinking earns no credit.
      return [metric, values.length === 0 ? 0 : Math.max(0, mean(values))]
    }),
  )
}

/** Growth of the trials of one version; of several conditions of the collector, that under which it grows most. */
export function measure(
  trials: readonly TrialRecord[],
  own: OwnGrowth,
  settings: DecisionSettings,
): Measured {
  const counted = firstStage(trials, settings)
  const failures: string[] = []
  const rounds: number[][] = []
  const perBackend = new Map<string, number>()
  for (const trial of counted) {
    const score = scoreOf(trial, own, settings)
    if (typeof score === 'string') {
      failures.push(score)
      continue
    }
    const round = perBackend.get(trial.backend) ?? 0
    perBackend.set(trial.backend, round + 1)
    rounds[round] = [...(rounds[round] ?? []), score]
  }
  return {
    scores: rounds.map(round => Math.max(...round)),
    growth: meanGrowth(counted, own, settings),
    failures,
  }
}

/** Trials in order of their number, so that the same records give the same scores. */
function firstStage(trials: readonly TrialRecord[], { operations }: DecisionSettings): TrialRecord[] {
  return trials
    .filter(trial => trial.purpose === 'measure' && trial.operations === operations)
    .sort((a, b) => a.id - b.id)
}

/** In thresholds; a sentence where the trial shows nothing. */
function scoreOf(trial: TrialRecord, own: OwnGrowth, settings: DecisionSettings): number | string {
  const { outcome } = trial
  if (outcome.kind === 'out-of-memory' && trial.samples.length > 0) return OUT_OF_MEMORY
  if (outcome.kind !== 'completed') return outcome.message
  const inert = trial.warnings.find(({ code }) => code === 'AGENT_INERT')
  if (inert !== undefined) return inert.message
  return Math.max(...METRICS.map(metric => beyondOwn(trial, metric, own, settings) ?? -Infinity))
}

function beyondOwn(
  trial: TrialRecord,
  metric: Metric,
  own: OwnGrowth,
  settings: DecisionSettings,
): number | null {
  const growth = growthOf(trial, metric, settings)
  if (growth === null) return null
  return (growth - (own.get(metric) ?? 0)) / thresholdOf(metric, settings, trial.operations)
}

/** Growth that persists through both windows of the trial. */
function growthOf(trial: TrialRecord, metric: Metric, settings: DecisionSettings): number | null {
  const growth = trialGrowth(trial, metric, settings.unit)
  return growth === null ? null : persistent(growth)
}

function meanGrowth(
  trials: readonly TrialRecord[],
  own: OwnGrowth,
  settings: DecisionSettings,
): BisectVersion['growth'] | null {
  const completed = trials.filter(({ outcome }) => outcome.kind === 'completed')
  const best = METRICS.flatMap(metric => {
    const scores = completed.flatMap(trial => beyondOwn(trial, metric, own, settings) ?? [])
    return scores.length === 0 ? [] : [{ metric, score: mean(scores) }]
  }).sort((a, b) => b.score - a.score)[0]
  if (best === undefined) return null
  const estimate = best.score * thresholdOf(best.metric, settings, settings.operations)
  return { metric: best.metric, estimate, unit: growthUnit(best.metric, settings.unit) }
}
