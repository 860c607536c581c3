import { code, prose } from '../markdown/markdown-text.js'
import { evidenceLines } from '../text/evidence-lines.js'
import type { Culprit, ReportData } from '../../types/index.js'
import { subjectOf } from './subject.js'

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
export function rootCauseLines(data: ReportData): string[] {
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
