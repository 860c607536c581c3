import type { Culprit, ReportData } from '../../types/index.js'
import { markup, type Markup } from '../charts/markup.js'
import { perDaySentence } from '../text/per-day.js'
import {
  alsoLine,
  culpritLine,
  culpritName,
  othersLine,
  unaccusedLine,
  underLine,
  whereLine,
} from '../text/verdict-lines.js'
import { verdictBadge } from './blocks.js'

/** The verdict as the heading of the page, and what it amounts to. */
export function verdictHeader(data: ReportData, operationsPerSecond: number): Markup {
  const verdicts = verdictLines(data)
  const several = data.culprits.length > 1
  const facts = data.culprits.map(one => {
    const said = [
      underLine(one, data),
      whereLine(one),
      perDaySentence(one, data, operationsPerSecond),
      alsoLine(one),
    ].filter(Boolean)
    return said.length === 0
      ? null
      : markup`<p>${several ? markup`<b>${culpritName(one)}.</b> ` : null}${said.join(' ')}</p>`
  })
  const others = othersLine(data)
  return markup`<div class="verdict ${data.verdict}">${verdictBadge(data.verdict)}<h1>${verdicts.map((line, index) => markup`<span>${setOff(line, data.culprits[index])} </span>`)}</h1>${facts}${others === '' ? null : markup`<p class="others">${others}</p>`}</div>`
}

/** The verdict's sentences as the text report has them, without the word that the badge says. */
export function verdictLines(data: ReportData): readonly string[] {
  const lines =
    data.culprits.length > 0
      ? data.culprits.map(culprit => culpritLine(culprit, data))
      : [unaccusedLine(data)]
  return lines.map((line, index) => {
    const text = line.slice(line.indexOf(': ') + 2)
    const isName = data.culprits[index] !== undefined && data.culprits[index].kind !== 'application'
    return isName ? text : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
  })
}

/** The sentence about a culprit begins with its name, which is set off. */
function setOff(line: string, culprit: Culprit | undefined): Markup {
  const end = culprit === undefined ? 0 : culpritName(culprit).length
  return end === 0 ? markup`${line}` : markup`<em>${line.slice(0, end)}</em>${line.slice(end)}`
}
