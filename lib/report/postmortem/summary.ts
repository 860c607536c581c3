import { prose } from '../markdown/markdown-text.js'
import { growthPhrase } from '../format/growth.js'
import {
  alsoLine,
  culpritLine,
  othersLine,
  unaccusedLine,
  underLine,
  whereLine,
} from '../text/verdict-lines.js'
import type { ReportData } from '../../types/index.js'
import { carrierName, subjectOf } from './subject.js'

/** What it is about, in one line. */
export function titleOf(data: ReportData): string {
  const [first, ...more] = data.culprits
  if (first === undefined) {
    return data.verdict === 'clean' ? 'no leak was found' : 'whether there is a leak was not settled'
  }
  const others = more.length === 0 ? '' : `, and ${String(more.length)} more`
  const verb = { application: 'grows by', interaction: 'keep', agent: 'keeps' }[first.kind]
  return `${subjectOf(first, data)} ${verb} ${growthPhrase(first.metric, first.growth)}${others}`
}

/** The verdict in sentences, and who was cleared. */
export function summaryLines(data: ReportData): string[] {
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
