import { markdownTable, prose } from '../markdown/markdown-text.js'
import { formatNumber } from '../format/bytes.js'
import { formatDuration } from '../format/duration.js'
import { list, plural } from '../format/layout.js'
import type { ReportData, TrialRecord } from '../../types/index.js'

/** When what happened, in UTC: what people know is asked for, what the run knows is told. */
export function timelineLines(data: ReportData): readonly string[] {
  const { startedAt, totalMs, resumedAt: resumed = [] } = data.timings
  const start = Date.parse(startedAt)
  // How long it was interrupted is not told.
  const end = resumed.length === 0 ? utc(start + totalMs) : 'after that'
  const rows = [
    ['?', '**When was it rolled out?**'],
    ['?', '**When did memory begin to grow, and which versions were running then?**'],
    ['?', '**Who noticed, and when?**'],
    ['?', '**When was it stopped, and how?**'],
    [utc(start), prose(`This run began: ${plannedText(data)}.`)],
    ...resumed.map(at => [utc(Date.parse(at)), 'It went on after it had been interrupted.']),
    ...failedRows(data),
    [end, prose(`It ended after ${formatDuration(totalMs)}: ${verdictText(data)}.`)],
    ['?', '**When was it rolled back, or fixed for good?**'],
  ]
  return markdownTable(['UTC', 'what'], rows)
}

/** `2025-03-04 05:06:07`; what is no time stays as it is. */
export function utc(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown'
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

function plannedText({ trials }: ReportData): string {
  const count = (purpose: TrialRecord['purpose']): number =>
    trials.filter(trial => trial.purpose === purpose).length
  const parts = [
    plural(count('measure'), 'trial'),
    ...(count('retention') > 0 ? [plural(count('retention'), 'idle check')] : []),
    ...(count('evidence') > 0
      ? [`${formatNumber(count('evidence'))} to find out what holds the memory`]
      : []),
  ]
  return list(parts)
}

function verdictText({ verdict, culprits }: ReportData): string {
  const names = culprits.flatMap(({ agents, kind }) =>
    kind === 'application' ? ['the application'] : agents,
  )
  return verdict === 'leak' ? `leak, ${list([...new Set(names)])}` : verdict
}

/** Trials that did not come to their end; a report does not say when. */
function failedRows({ trials }: ReportData): string[][] {
  return trials
    .filter(({ outcome }) => outcome.kind !== 'completed')
    .map(({ id, outcome }) => [
      'during it',
      prose(`Trial ${String(id)}: ${outcome.kind.replaceAll('-', ' ')}.`),
    ])
}
