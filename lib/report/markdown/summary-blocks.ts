import type { ReportData } from '../../types/index.js'
import { shorten } from '../format/layout.js'
import { componentCells, otherMetrics } from '../text/components-table.js'
import { culpritLines } from '../text/culprit-lines.js'
import { evidenceLines } from '../text/evidence-lines.js'
import { nextSteps } from '../text/next-steps.js'
import { othersLine, unaccusedLine } from '../text/verdict-lines.js'
import { warningLines } from '../text/warning-lines.js'
import { bullets, folded, markdownTable, prose } from './markdown-text.js'

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
    folded('Other metrics, and what was not exercised', [
      ...bullets(few(otherMetrics(data)).map(cut)),
      ...bullets(few(data.conditions.notExercised).map(cut)),
    ]),
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
