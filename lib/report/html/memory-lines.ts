import type { Metric, ReportData, Sample, TrialRecord } from '../../types/index.js'
import type { ChartLine, ChartPoint } from '../charts/line-chart-types.js'
import { trialGroups, type TrialGroup } from './trial-groups.js'

/** A trial with its readings of one metric, each less the first. */
export interface TrialReadings {
  readonly trial: TrialRecord
  readonly points: readonly ChartPoint[]
}

/** Trials that are drawn alike, with their readings; those without any are left out of `readings`. */
export interface GroupReadings extends TrialGroup {
  readonly readings: readonly TrialReadings[]
}

/** Readings of one metric in every trial, by group. */
export function readingsOf(data: ReportData, metric: Metric): readonly GroupReadings[] {
  return trialGroups(data, metric).map(group => ({
    ...group,
    readings: group.trials
      .map(trial => ({ trial, points: pointsOf(trial, data, metric) }))
      .filter(({ points }) => points.length > 0),
  }))
}

/** A line a trial; the first of a group carries its name. */
export function memoryLines(groups: readonly GroupReadings[]): readonly ChartLine[] {
  return groups.flatMap(({ name, look, isMain, readings }) =>
    readings.map(({ points }, index) => ({ name: index === 0 ? name : '', look, isMain, points })),
  )
}

function pointsOf(trial: TrialRecord, { trials }: ReportData, metric: Metric): readonly ChartPoint[] {
  const rest = trials.find(({ purpose, continues }) => purpose === 'retention' && continues === trial.id)
  const samples = [...trial.samples, ...(rest?.samples.filter(({ kind }) => kind === 'retained') ?? [])]
  const readings = samples.flatMap(sample => {
    const value = sample.values[metric]
    return typeof value === 'number' ? [{ sample, value }] : []
  })
  const first = readings[0]?.value ?? 0
  const hasFailed = trial.outcome.kind !== 'completed'
  return readings.map(({ sample, value }, index) => ({
    x: sample.operations,
    y: value - first,
    ...markOf(sample, hasFailed && index === readings.length - 1),
  }))
}

function markOf({ kind }: Sample, isEnd: boolean): Pick<ChartPoint, 'mark'> {
  if (isEnd) return { mark: 'failed' }
  return kind === 'retained' ? { mark: 'later' } : {}
}
