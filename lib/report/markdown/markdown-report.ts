import type { Culprit, ReportData } from '../../types/index.js'
import type { Reporter } from '../reporter.js'
import { culpritLines } from '../text/culprit-lines.js'
import { evidenceLines } from '../text/evidence-lines.js'
import { DEFAULT_OPERATIONS_PER_SECOND, repeatCommand, repeatLine } from '../text/repeat.js'
import { retentionLine, surenessLines } from '../text/sureness.js'
import { culpritClaim } from '../text/verdict-lines.js'
import { warningLines } from '../text/warning-lines.js'
import { growthTable } from './growth-table.js'
import { blocks, bullets, fenced, folded, prose } from './markdown-text.js'
import { searchLines } from './search-lines.js'
import { seriesTables } from './series-tables.js'
import { settingsLines } from './settings-lines.js'
import { accusedAgents } from './accused-agents.js'
import { summaryBlocks } from './summary-blocks.js'
import { packageTree, versionsTable } from './versions.js'

/**
 * An issue for the maintainers of what leaks, with what they ask for: versions, settings without secrets, the same run without
 * it, growth and rest, readings, what holds the memory, and how to repeat it. Several culprits give several issues. Where
 * nothing leaks it is a summary.
 */
export const markdownReport: Reporter = (report, options = {}) => {
  const { operationsPerSecond = DEFAULT_OPERATIONS_PER_SECOND } = options
  if (report.culprits.length === 0) {
    return blocks([['# Memory of the application'], ...summaryBlocks(report, operationsPerSecond)])
  }
  return report.culprits.map(culprit => issue(culprit, report, operationsPerSecond)).join('\n---\n\n')
}

function issue(culprit: Culprit, data: ReportData, operationsPerSecond: number): string {
  const evidence = evidenceLines(culprit)
  const rest = retentionLine(culprit, data)
  const section = (title: string, ...parts: (readonly string[])[]): (readonly string[])[] =>
    parts.every(lines => lines.length === 0) ? [] : [[`## ${title}`], ...parts]
  return blocks([
    [`# ${prose(title(culprit, data))}`],
    culpritLines(culprit, data, operationsPerSecond).map(prose),
    ...section(
      'What grows, and what holds it',
      evidence.map(([label, text]) => `- ${label}: ${prose(text)}`),
    ),
    ...section('Versions', versionsTable(culprit, data), packageTree(culprit, data)),
    ...section('How it is started', settingsLines(culprit, data)),
    ...section('Growth, with and without', growthTable(culprit, data)),
    ...section('When idle', rest === '' ? [] : [prose(rest)]),
    ...section('Readings', ...seriesTables(culprit, data)),
    ...section(
      'How sure',
      bullets(surenessLines(data).filter(line => line !== rest)),
      bullets(warningLines(data.warnings)),
    ),
    ...section(
      'What was run',
      bullets(data.conditions.exercised),
      folded('What was not', bullets(data.conditions.notExercised)),
    ),
    ...section(
      'How to repeat it',
      [`${prose(repeatLine(data))} With the report as JSON and the application at hand:`],
      fenced([repeatCommand(data)], 'sh'),
    ),
    ...section('Since when, and which part of it', searchLines(culprit, data)),
  ])
}

/** Who and how much, on what. */
function title(culprit: Culprit, data: ReportData): string {
  const versions = accusedAgents(culprit, data).flatMap(({ name, package: owner, version }) =>
    version === null ? [] : [`${owner ?? name} ${version}`],
  )
  return `${culpritClaim(culprit)} (${[...versions, `Node ${data.environment.node}`].join(', ')})`
}
