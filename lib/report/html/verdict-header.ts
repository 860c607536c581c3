import type { Culprit, ReportData } from '../../types.js'
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
  return lines.map(line => line.slice(line.indexOf(': ') + 2))
}

/** A sentence that begins with the culprit sets its name off. */
function setOff(line: string, culprit: Culprit | undefined): Markup {
  const name = culprit === undefined ? '' : culpritName(culprit)
  return name !== '' && line.startsWith(`${name} `)
    ? markup`<em>${name}</em>${line.slice(name.length)}`
    : markup`${line}`
}
