import type { Culprit, Metric, ReportData, TrialRecord } from '../../types/index.js'
import { formatNumber } from '../format/bytes.js'
import { list } from '../format/layout.js'
import { metricName } from '../format/metric-names.js'
import { markdownTable, prose } from './markdown-text.js'

const MEMORY = ['heap', 'arrayBuffers', 'external', 'code', 'rss'] as const

/** Settled readings of one trial without the culprit and of one with it, by kind of memory. */
export function seriesTables(culprit: Culprit, data: ReportData): readonly (readonly string[])[] {
  const without = trialOf(({ agents }) => agents.length === 0, data)
  const withIt =
    culprit.kind === 'application'
      ? undefined
      : trialOf(
          ({ agents, backend }) =>
            backend === culprit.backend && culprit.agents.every(name => agents.includes(name)),
          data,
        )
  const counts = [culprit, ...culprit.alsoGrows]
    .map(({ metric }) => metric)
    .filter(metric => !MEMORY.some(kind => kind === metric))
  return [
    ...(without === undefined ? [] : series('Without any agent', without, counts)),
    ...(withIt === undefined ? [] : series(`With ${list(withIt.agents)}`, withIt, counts)),
  ]
}

/** The longest trial that was completed, with as few other agents as there are. */
function trialOf(isOne: (trial: TrialRecord) => boolean, { trials }: ReportData): TrialRecord | undefined {
  const failed = ({ outcome }: TrialRecord): number => (outcome.kind === 'completed' ? 0 : 1)
  return trials
    .filter(trial => trial.purpose === 'measure' && isOne(trial))
    .toSorted(
      (a, b) =>
        failed(a) - failed(b) ||
        a.agents.length - b.agents.length ||
        b.operations - a.operations ||
        a.id - b.id,
    )[0]
}

function series(title: string, trial: TrialRecord, counts: readonly Metric[]): (readonly string[])[] {
  const cell = (amount: number | null, divisor: number): string =>
    amount === null ? '' : formatNumber(amount / divisor)
  return [
    [`${prose(title)} (trial ${String(trial.id)}, sizes in kB):`],
    markdownTable(
      ['operations', ...MEMORY.map(metricName), ...counts.map(metricName)],
      trial.samples.map(({ operations, values }) => [
        formatNumber(operations),
        ...MEMORY.map(metric => cell(values[metric], 1000)),
        ...counts.map(metric => cell(values[metric], 1)),
      ]),
    ),
  ]
}
