import type { Component, MetricResult, ReportData } from '../../../types/index.js'
import {
  HISTORY_SCHEMA_VERSION,
  type FinishedNight,
  type NightComponent,
  type NightMetric,
} from '../night.js'
import { configurationOf } from './configuration.js'
import { versionsOf } from './versions.js'

/** Digits that are kept of a figure. */
const DIGITS = 6

/** What is told of a run besides its report. */
export interface NightOrigin {
  /** Folder of the run; see `run` of a night. */
  readonly run: string | null
  /** Commit of the application. */
  readonly commit: string | null
}

/** The line of a run that came to an answer. */
export function finishedNight(report: ReportData, { run, commit }: NightOrigin): FinishedNight {
  return {
    schemaVersion: HISTORY_SCHEMA_VERSION,
    startedAt: report.timings.startedAt,
    totalMs: report.timings.totalMs,
    outcome: 'finished',
    verdict: report.verdict,
    culprits: report.culprits.map(({ kind, agents, metric, backend }) => ({ kind, agents, metric, backend })),
    components: report.components.flatMap(nightComponents),
    versions: versionsOf(report, commit),
    configuration: configurationOf(report),
    run,
  }
}

/** An agent under several conditions is followed under each: which of them decides may be another every night. */
function nightComponents(component: Component): NightComponent[] {
  const { name, kind, verdict, trials, startBytes, metrics, conditions = [] } = component
  if (conditions.length === 0)
    return [{ name, kind, verdict, trials, startBytes: whole(startBytes), metrics: metrics.map(nightMetric) }]
  return conditions.map(condition => ({
    ...{ name, kind, backend: condition.backend, verdict: condition.verdict, trials: condition.trials },
    startBytes: whole(condition.startBytes),
    metrics: condition.metrics.map(nightMetric),
  }))
}

function nightMetric({ metric, verdict, growth, threshold }: MetricResult): NightMetric {
  return {
    ...{ metric, verdict, estimate: rounded(growth.estimate) },
    low: finite(growth.low),
    high: finite(growth.high),
    ...{ unit: growth.unit, threshold: rounded(threshold) },
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS))
}

/** Infinite bounds are `null` in files. */
function finite(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : rounded(value)
}

function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value)
}
