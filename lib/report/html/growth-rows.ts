import type { Component, Growth, Metric, MetricResult, ReportData, Verdict } from '../../types/index.js'
import { judgedTrials } from '../judged.js'
import { culpritName } from '../text/verdict-lines.js'

/** One line of a chart of growth: a component, under one condition of the collector where there were several. */
export interface GrowthRow {
  readonly name: string
  /** Of this metric alone. */
  readonly verdict: Verdict
  readonly growth: Growth
  readonly threshold: number
  /** Whether the growth is what an agent adds, rather than the application's own. */
  readonly isAdded: boolean
  /** Bytes of heap before the first operation beyond the baseline's; `null`: not known, or not meant. */
  readonly startBytes: number | null
  /** `null`: a set of agents. */
  readonly trials: number | null
  readonly reason: string
}

const ORDER: Readonly<Record<Verdict, number>> = { leak: 0, inconclusive: 1, clean: 2 }

/** Growth of one metric in every component and in sets that leak together, worst first. */
export function growthRows(data: ReportData, metric: Metric): readonly GrowthRow[] {
  const together = data.culprits.flatMap((culprit): GrowthRow[] => {
    const growth = [culprit, ...culprit.alsoGrows].find(one => one.metric === metric)?.growth
    return culprit.kind !== 'interaction' || growth === undefined
      ? []
      : [
          {
            ...{
              name: culpritName(culprit),
              verdict: 'leak',
              growth,
              isAdded: true,
              startBytes: null,
              trials: null,
            },
            threshold: thresholdOf(data, metric),
            reason: culprit.reason,
          },
        ]
  })
  return [...together, ...data.components.flatMap(component => rowsOf(component, data, metric))].sort(
    (a, b) => ORDER[a.verdict] - ORDER[b.verdict],
  )
}

function rowsOf(component: Component, data: ReportData, metric: Metric): readonly GrowthRow[] {
  const { name, kind, conditions } = component
  const parts = conditions?.map(part => ({ ...part, name: `${name} (collector ${part.backend})` })) ?? [
    component,
  ]
  return parts.flatMap(part => {
    const result = part.metrics.find(one => one.metric === metric)
    // A component without figures of its metrics has those of its heap.
    if (result === undefined && metric !== 'heap') return []
    return [
      {
        name: part.name,
        verdict: result?.verdict ?? part.verdict,
        growth: result?.growth ?? part.growth,
        threshold: result?.threshold ?? thresholdOf(data, metric),
        isAdded: kind === 'agent',
        startBytes: metric === 'heap' && kind === 'agent' ? part.startBytes : null,
        trials: judgedTrials(part),
        reason: result?.reason ?? part.reason,
      },
    ]
  })
}

/** The threshold of a metric, the same for all components of a run. */
export function thresholdOf(data: ReportData, metric: Metric): number {
  const results = data.components.flatMap(({ metrics }): readonly MetricResult[] => metrics)
  return results.find(result => result.metric === metric)?.threshold ?? data.options.threshold
}
