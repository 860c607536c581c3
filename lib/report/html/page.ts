import { relative } from 'node:path'
import type { ReportData } from '../../types/index.js'
import type { Markup } from '../charts/markup.js'
import { formatDuration } from '../format/duration.js'
import type { Section } from './blocks.js'
import { frame } from './frame.js'
import { verdictLines } from './verdict-header.js'

/** The whole page around the verdict and its sections. */
export function page(data: ReportData, verdict: Markup, sections: readonly Section[]): string {
  const { isolateLeak: version } = data.environment
  return frame({
    title: `${data.verdict === 'leak' ? 'LEAK' : data.verdict}: ${verdictLines(data)[0] ?? ''}`,
    version,
    run: runText(data),
    opening: verdict,
    sections,
    footer: `Made by isolate-leak ${version} from the report as JSON (schema ${String(data.schemaVersion)}), which has all readings.`,
  })
}

/** What was run when, in one line. */
function runText({ options, environment, timings }: ReportData): string {
  const file = relative(options.entry.cwd, options.entry.file)
  const shown = file === '' || file.startsWith('..') ? options.entry.file : file
  const at = timings.startedAt.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC')
  return `${shown} on Node ${environment.node}, ${at}, ${formatDuration(timings.totalMs)}`
}
