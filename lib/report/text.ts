import type { ReportData } from '../types/index.js'
import { hanging } from './format/layout.js'
import { componentsTable, otherMetrics } from './text/components-table.js'
import { costsNote, costsTable } from './text/costs-table.js'
import { evidenceLines, culpritLines } from './text/evidence-lines.js'
import { nextSteps, DEFAULT_OPERATIONS_PER_SECOND } from './text/next-steps.js'
import { plainPaint, type Paint } from './text/short-names.js'
import { runLines, warningLines } from './text/run-lines.js'
import { surenessLines } from './text/sureness.js'
import { culpritName, othersLine, unaccusedLine, answersLine } from './text/verdict-lines.js'

/** Characters a line, where nothing else is asked for. */
export const DEFAULT_WIDTH = 80

/** How {@link reportText} writes. */
export interface TextOptions {
  /** Characters a line, default 80. A word that is longer, such as a path, stays whole. */
  readonly width?: number
  /** Rate at which growth is given per day. Default 100. */
  readonly operationsPerSecond?: number
  /** Default: no colours. */
  readonly paint?: Paint
}

/** The account for people: verdict, size, certainty, figures, what was run and what was not, what to do next. */
export function reportText(data: ReportData, options: TextOptions = {}): string {
  const {
    width = DEFAULT_WIDTH,
    operationsPerSecond = DEFAULT_OPERATIONS_PER_SECOND,
    paint = plainPaint,
  } = options
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', paint('heading', title), ...lines]
  const bullets = (items: readonly string[], mark = '  - '): string[] =>
    items.flatMap(item => hanging(mark, item, width))
  const sentence = (text: string): string[] => hanging('', text, width)
  const verdict = (text: string): string[] => sentence(text).map(line => paint(data.verdict, line))
  const numbered = (step: string, index: number): string[] => hanging(`  ${String(index + 1)}. `, step, width)
  const labelled = (lines: readonly (readonly [string, string])[]): string[] =>
    lines.flatMap(([label, text]) => hanging(`  ${label.padEnd(10)}`, text, width))
  return [
    ...data.culprits.flatMap(culprit =>
      culpritLines(culprit, data, operationsPerSecond).flatMap((line, index) =>
        index === 0 ? verdict(line) : sentence(line),
      ),
    ),
    ...(data.culprits.length === 0 ? verdict(unaccusedLine(data)) : []),
    ...sentence(othersLine(data)),
    ...sentence(answersLine(data)),
    ...data.culprits.flatMap(culprit =>
      section(
        data.culprits.length > 1 ? `What holds it: ${culpritName(culprit)}` : 'What holds it',
        labelled(evidenceLines(culprit)),
      ),
    ),
    ...section('How sure', bullets(surenessLines(data))),
    ...section(
      'Components',
      componentsTable(data, width - 2).map(line => `  ${line}`),
    ),
    ...section('Other metrics', bullets(otherMetrics(data))),
    ...section('What it costs', [
      ...costsTable(data, width - 2).map(line => `  ${line}`),
      ...hanging('  ', costsNote(data), width),
    ]),
    ...section('What was run', labelled(runLines(data))),
    ...section('Not exercised', bullets(data.conditions.notExercised)),
    ...section('Warnings', bullets(warningLines(data.warnings), '  ! ')),
    ...section('What to do next', nextSteps(data, operationsPerSecond).flatMap(numbered)),
    '',
  ].join('\n')
}
