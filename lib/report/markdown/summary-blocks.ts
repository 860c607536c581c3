import type { Culprit, Growth, Metric, ReportData, Verdict } from '../../types/index.js'
import { shorten } from '../format/layout.js'
import { componentCells, otherMetrics } from '../text/components-table.js'
import { costCells, costsNote } from '../text/costs-table.js'
import { culpritLines, evidenceLines } from '../text/evidence-lines.js'
import { nextSteps } from '../text/next-steps.js'
import { othersLine, unaccusedLine } from '../text/verdict-lines.js'
import { warningLines } from '../text/run-lines.js'
import { bullets, folded, markdownTable, prose } from './markdown-text.js'
import { amountText, growthText, metricName, perWhat } from '../format/growth.js'

const MOST_ROWS = 100
const MOST_LINES = 50
const LONGEST = 1000
const BRIEF = ['grows', 'held by', 'code']

/** Verdict, figures, evidence in short and what to do next: what fits on one page, however large the report. */
export function summaryBlocks(data: ReportData, operationsPerSecond: number): (readonly string[])[] {
  const { culprits } = data
  const { headings, rows } = componentCells(data)
  const [verdict = '', ...more] =
    culprits.length === 0
      ? [unaccusedLine(data)]
      : culprits.flatMap(culprit => culpritLines(culprit, data, operationsPerSecond))
  return [
    [`**${short(verdict)}**`],
    ...few([...more, othersLine(data)].filter(line => line !== '')).map(line => [short(line)]),
    markdownTable(
      headings,
      rows.slice(0, MOST_ROWS).map(row => row.map(short)),
    ),
    rows.length > MOST_ROWS ? [`And ${String(rows.length - MOST_ROWS)} more.`] : [],
    few(
      culprits.flatMap(culprit =>
        evidenceLines(culprit)
          .filter(([label]) => BRIEF.includes(label))
          .map(([label, text]) => `- ${label}: ${short(text)}`),
      ),
    ),
    few(nextSteps(data, operationsPerSecond)).map((step, index) => `${String(index + 1)}. ${short(step)}`),
    few(warningLines(data.warnings)).map(line => `- ${short(line)}`),
    folded('What it costs', costsBlock(data)),
    folded('Other metrics, and what was not exercised', [
      ...bullets(few(otherMetrics(data)).map(cut)),
      ...bullets(few(data.conditions.notExercised).map(cut)),
    ]),
  ]
}

/** What these agents cost, as a table; nothing where it is not known. */
export function costsBlock(data: ReportData, isMeant?: (agent: string) => boolean): readonly string[] {
  const { headings, rows } = costCells(data, isMeant)
  if (rows.length === 0) return []
  return [
    short(costsNote(data)),
    '',
    ...markdownTable(
      headings,
      rows.slice(0, MOST_ROWS).map(row => row.map(short)),
    ),
  ]
}

function few<T>(items: readonly T[]): readonly T[] {
  return items.slice(0, MOST_LINES)
}

function short(text: string): string {
  return prose(cut(text))
}

function cut(text: string): string {
  return shorten(text, LONGEST)
}

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
