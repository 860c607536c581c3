import type { ReportData } from '../../types/index.js'
import { list } from '../format/layout.js'
import { oneLine, visibleText } from '../format/visible-text.js'
import { blocks } from '../markdown/markdown-text.js'
import { summaryBlocks } from '../markdown/summary-blocks.js'
import type { Reporter, ReporterOptions } from '../reporter.js'
import { evidenceLines, culpritLines } from '../text/evidence-lines.js'
import { DEFAULT_OPERATIONS_PER_SECOND } from '../text/next-steps.js'
import { componentName, culpritName, unaccusedLine } from '../text/verdict-lines.js'

type Level = 'error' | 'warning' | 'notice'

/** Annotations of one level that GitHub shows of a step; further ones are dropped. */
const MOST_SHOWN = 10
/** Of a job summary, bytes. */
const LARGEST_SUMMARY = 1024 * 1024

/** Workflow commands of GitHub Actions: an error for each leak, a warning for what is not settled, a notice where nothing leaks. */
export const githubReport: Reporter = (report, options = {}) =>
  [
    ...leaks(report, options),
    ...open(report),
    ...(report.verdict === 'clean' ? [command('notice', 'No leak', unaccusedLine(report))] : []),
  ]
    .map(line => `${line}\n`)
    .join('')

/** Markdown for the summary of a job: verdict, components, evidence in short and what to do next, below 1 MiB. */
export function githubSummary(report: ReportData, options: ReporterOptions = {}): string {
  const { operationsPerSecond = DEFAULT_OPERATIONS_PER_SECOND } = options
  const parts = [['## isolate-leak'], ...summaryBlocks(report, operationsPerSecond)]
  while (Buffer.byteLength(blocks(parts)) >= LARGEST_SUMMARY) parts.pop()
  return blocks(parts)
}

function leaks(report: ReportData, options: ReporterOptions): string[] {
  const { operationsPerSecond = DEFAULT_OPERATIONS_PER_SECOND } = options
  const commands = report.culprits.map(culprit => {
    const held = evidenceLines(culprit).map(([label, text]) => `${label}: ${text}`)
    const lines = [...culpritLines(culprit, report, operationsPerSecond), ...held]
    return command(
      'error',
      `${culpritName(culprit)} ${culprit.kind === 'interaction' ? 'leak' : 'leaks'}`,
      lines.join('\n'),
    )
  })
  return atMost(commands, rest => command('error', 'More leaks', `And ${String(rest)} more: see the report.`))
}

function open(report: ReportData): string[] {
  const components = report.components.filter(({ verdict }) => verdict === 'inconclusive')
  if (components.length === 0)
    return report.verdict === 'inconclusive' ? [command('warning', 'Not settled', unaccusedLine(report))] : []
  const commands = components.map(component =>
    command('warning', `${componentName(component)}: not settled`, component.reason),
  )
  return atMost(commands, rest =>
    command(
      'warning',
      'Not settled',
      `And ${String(rest)} more: ${list(components.slice(-rest).map(componentName))}.`,
    ),
  )
}

function atMost(commands: readonly string[], more: (rest: number) => string): string[] {
  if (commands.length <= MOST_SHOWN) return [...commands]
  const shown = MOST_SHOWN - 1
  return [...commands.slice(0, shown), more(commands.length - shown)]
}

/** As `@actions/core` writes it: the message and the properties have escapes of their own. */
function command(level: Level, title: string, message: string): string {
  return `::${level} title=${property(oneLine(title))}::${data(visibleText(message))}`
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
