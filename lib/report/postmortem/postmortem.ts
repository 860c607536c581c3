import { prose } from '../markdown/markdown-text.js'
import type { ReportData } from '../../types/index.js'
import { actionItems } from './action-items.js'
import { detectionLines } from './detection.js'
import { impactLines } from './impact.js'
import { rootCauseLines } from './root-cause.js'
import { summaryLines, titleOf } from './summary.js'
import { fileLines } from './supporting-files.js'
import { timelineLines, utc } from './timeline.js'
import { triggerLines } from './trigger.js'
import type { PostmortemOptions } from './types.js'

/**
 * A post-mortem as Markdown, from what a run knows: summary, impact, root cause, trigger, detection, timeline, action items and
 * supporting files. What only people know is left as questions, in bold; nothing is made up. A pure function: the same report
 * and options give the same text.
 *
 * @returns text that ends with a line break; names in it cannot become markup
 */
export function postmortem(report: ReportData, options: PostmortemOptions = {}): string {
  const { environment, timings } = report
  const section = (title: string, lines: readonly string[]): string[] => ['', `## ${title}`, '', ...lines]
  const lines = [
    `# Post-mortem: ${prose(titleOf(report))}`,
    '',
    `From a run of isolate-leak ${prose(environment.isolateLeak)} on ${utc(Date.parse(timings.startedAt))} UTC. Questions in bold are for people.`,
    ...section('Summary', [
      ...summaryLines(report),
      '',
      '- **What did users see, and for how long?**',
      '- **Who owns this incident?**',
    ]),
    ...section('Impact', [
      ...impactLines(report, options),
      '- **Which customers felt it, and how?**',
      '- **How many processes were restarted or killed, and how often?**',
    ]),
    ...section('Root cause', rootCauseLines(report)),
    ...section('Trigger', triggerLines(report, options.bisect)),
    ...section('Detection', detectionLines(report)),
    ...section('Timeline', timelineLines(report)),
    ...section('Action items', actionItems(report, options)),
    ...section('Lessons', ['- **What went well?**', '- **What went badly, and where were we lucky?**']),
    ...section('Supporting files', fileLines(report, options.files)),
  ]
  return `${lines.join('\n').replaceAll(/\n{3,}/g, '\n\n')}\n`
}
