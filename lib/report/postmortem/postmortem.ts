import { code, markdownTable, prose } from '../markdown/markdown-text.js'
import type { Culprit, ReportData, TrialRecord } from '../../types/index.js'
import { actionItems } from './action-items.js'
import { detectionLines, carrierName, subjectOf, triggerLines } from './detection.js'
import { impactLines } from './impact.js'
import type { PostmortemOptions, SupportingFile } from './types.js'
import { formatNumber, formatDuration } from '../format/bytes.js'
import { growthPhrase } from '../format/growth.js'
import {
  alsoLine,
  culpritLine,
  othersLine,
  unaccusedLine,
  underLine,
  whereLine,
} from '../text/verdict-lines.js'
import { evidenceLines } from '../text/evidence-lines.js'
import { list, plural } from '../format/layout.js'

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

/** Files that belong to the incident, and those that the report names but nobody looked at. */
function fileLines(data: ReportData, files: readonly SupportingFile[] = []): readonly string[] {
  const named = [...new Set(data.culprits.flatMap(({ evidence }) => evidence?.files ?? []))]
  const missing = named.filter(name => !files.some(({ path }) => isSame(path, name)))
  const rows = [
    ...files.map(({ path, bytes, sha256 }) => [code(path), formatNumber(bytes), code(sha256)]),
    ...missing.map(path => [code(path), 'not found', '']),
  ]
  if (rows.length === 0) return ['None were named.']
  return markdownTable(['file', 'bytes', 'SHA-256'], rows)
}

/** A report names them by where they were written. */
function isSame(path: string, named: string): boolean {
  const [one, other] = [path, named].map(text => text.replaceAll('\\', '/'))
  return one === other || (other ?? '').endsWith(`/${one ?? ''}`)
}

/** What it is about, in one line. */
function titleOf(data: ReportData): string {
  const [first, ...more] = data.culprits
  if (first === undefined) {
    return data.verdict === 'clean' ? 'no leak was found' : 'whether there is a leak was not settled'
  }
  const others = more.length === 0 ? '' : `, and ${String(more.length)} more`
  const verb = { application: 'grows by', interaction: 'keep', agent: 'keeps' }[first.kind]
  return `${subjectOf(first, data)} ${verb} ${growthPhrase(first.metric, first.growth)}${others}`
}

/** The verdict in sentences, and who was cleared. */
function summaryLines(data: ReportData): string[] {
  const { carrier } = data.options
  const sentences = [
    ...data.culprits.flatMap(culprit => [
      [culpritLine(culprit, data), underLine(culprit, data), whereLine(culprit), alsoLine(culprit)]
        .filter(line => line !== '')
        .join(' '),
    ]),
    ...(data.culprits.length === 0 ? [unaccusedLine(data)] : []),
    othersLine(data),
    carrier
      ? `What was switched on and off are instrumentations of ${carrierName(carrier)}, which was on in every trial; "the application" has it attached.`
      : '',
  ]
  return paragraphs(sentences)
}

function paragraphs(sentences: readonly string[]): string[] {
  return sentences
    .filter(sentence => sentence !== '')
    .flatMap((sentence, index) => (index === 0 ? [prose(sentence)] : ['', prose(sentence)]))
}

const LABELS: Readonly<Record<string, string>> = {
  grows: 'What grows',
  'held by': 'What holds it',
  'and by': 'What else holds it',
  code: 'Code',
  'made at': 'Allocated at',
  'piles up': 'What piles up',
  but: 'But',
  note: 'Note',
}

/** Who leaks, how that was established, and what holds the memory. */
function rootCauseLines(data: ReportData): string[] {
  if (data.culprits.length === 0) return unaccused(data)
  const lines = data.culprits.flatMap((culprit, index) => [
    ...(data.culprits.length === 1
      ? []
      : [...(index === 0 ? [] : ['']), `### ${prose(subjectOf(culprit, data))}`, '']),
    ...culpritLines(culprit, data),
  ])
  return [...lines, '', '- **Which change of ours brought it in, and why did that look right?**']
}

function unaccused({ verdict }: ReportData): string[] {
  return verdict === 'clean'
    ? ['Not found by this run: what was tried does not leak. See what was not exercised, below.']
    : ['Not found by this run: it was not settled whether there is a leak.']
}

function culpritLines(culprit: Culprit, data: ReportData): string[] {
  const { evidence } = culprit
  const established = [
    `- Established by comparison: ${prose(`${subjectOf(culprit, data)}: ${sentence(culprit.reason)}`)}`,
  ]
  if (evidence === undefined) {
    return [...established, '- What holds the memory was not looked for, or could not be found out.']
  }
  const known = evidenceLines(culprit).map(([label, text]) => `- ${LABELS[label] ?? label}: ${prose(text)}`)
  const { package: owner } = evidence
  return [
    ...established,
    ...known,
    ...(owner === null ? [] : [`- Package: ${code(`${owner.name}@${owner.version}`)}`]),
    ...(evidence.sentence === '' ? [] : ['', `> ${prose(evidence.sentence)}`]),
  ]
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) || text === '' ? text : `${text}.`
}

/** When what happened, in UTC: what people know is asked for, what the run knows is told. */
function timelineLines(data: ReportData): readonly string[] {
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
function utc(ms: number): string {
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
