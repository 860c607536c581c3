import type { Culprit, Growth, Metric, ReportData, Verdict } from '../../types/index.js'
import { amountText, growthText } from '../format/growth.js'
import { metricName, perWhat } from '../format/metric-names.js'
import { markdownTable, prose } from './markdown-text.js'

interface Row {
  readonly metric: Metric
  readonly growth: Growth
  readonly threshold: number | null
  readonly verdict: Verdict
}

/** Every metric of the culprit, beside the same of the application without it. */
export function growthTable(culprit: Culprit, data: ReportData): readonly string[] {
  const rows = rowsOf(culprit, data)
  const alone = data.components.find(({ kind }) => kind === 'application')
  const isAgent = culprit.kind !== 'application'
  const without = (metric: Metric): string => {
    const own = alone?.metrics.find(result => result.metric === metric)?.growth
    return own === undefined ? '' : growthText(own).amount
  }
  const per = perWhat(culprit.growth)
  return markdownTable(
    [
      `growth per ${per}`,
      ...(isAgent ? ['without it', 'it adds'] : ['it grows by']),
      'interval',
      'leak from',
      'verdict',
    ],
    rows.map(({ metric, growth, threshold, verdict }) =>
      [
        metricName(metric),
        ...(isAgent ? [without(metric)] : []),
        growthText(growth).amount,
        growthText(growth).interval,
        threshold === null ? '' : amountText(threshold, growth),
        verdict === 'leak' ? 'LEAK' : verdict,
      ].map(prose),
    ),
  )
}

/** Those of its component; a set that leaks only together has none, and is known by what it leaks. */
function rowsOf(culprit: Culprit, data: ReportData): readonly Row[] {
  const component = data.components.find(
    ({ kind, name }) => kind === culprit.kind && (kind === 'application' || culprit.agents.includes(name)),
  )
  if (component !== undefined && component.metrics.length > 0) return component.metrics
  return [culprit, ...culprit.alsoGrows].map(({ metric, growth }) => ({
    metric,
    growth,
    threshold: thresholdOf(metric, data),
    verdict: 'leak',
  }))
}

function thresholdOf(metric: Metric, data: ReportData): number | null {
  const results = data.components.flatMap(({ metrics }) => metrics)
  return results.find(result => result.metric === metric)?.threshold ?? null
}
