import { SCREEN, screen } from '../../report/brief-text.js'
import { hanging, plural, verdictWords } from '../../report/format/layout.js'
import { clip, listFew } from '../../report/format/visible-text.js'
import { plainPaint, withShortNames } from '../../report/text/short-names.js'
import { DEFAULT_WIDTH, type TextOptions } from '../../report/text.js'
import { upgradeText } from '../upgrade/upgrade-text.js'
import type { AgentChange, JudgedChange, NotJudgedChange, NotJudgedReason, SinceData } from './types.js'

/** Further agents are only counted. */
const MOST_NAMES = 6

/** The account for people: verdict, what changed and was not judged, then every change with its experiment. */
export function sinceText(data: SinceData, options: TextOptions = {}): string {
  const { width = DEFAULT_WIDTH, paint = plainPaint } = options
  const { verdict } = data
  const tone = verdict === 'leaks' || verdict === 'both-leak' ? 'leak' : 'clean'
  const bullets = [...data.notJudged.map(notJudgedSentence), comparedSentence(data)]
  return [
    ...hanging('', sinceHeadline(data), width).map(line =>
      paint(verdict === 'inconclusive' ? 'inconclusive' : tone, line),
    ),
    '',
    ...bullets.flatMap(sentence => hanging('  - ', sentence, width)),
    '',
    ...data.judged.flatMap(({ upgrade }) => [upgradeText(upgrade, options)]),
  ].join('\n')
}

/** `LEAKS: newrelic 7.5.0 leaks, 7.4.0 does not.` */
export function sinceHeadline({ verdict, reason }: SinceData): string {
  return `${verdictWords(verdict)}: ${reason}.`
}

/**
 * The account on one screen, for a test that fails: see `briefText`.
 * @param worst the change whose reasons are told; `undefined`: none was judged
 */
export function sinceBrief(data: SinceData, worst: JudgedChange | undefined): string {
  const { width } = SCREEN
  const lines = [
    ...clip(sinceHeadline(data), width, 4),
    ...data.notJudged.slice(0, 3).flatMap(one => clip(notJudgedSentence(one), width, 1)),
  ]
  if (worst === undefined) return lines.join('\n')
  const { agent, upgrade } = worst
  const of = clip(`Of ${agent} ${upgrade.from.version} → ${upgrade.to.version}:`, width, 1)
  return screen([...lines, ...of], withShortNames(upgrade.report), { file: null })
}

/** What was found of each agent. */
export function sinceReason(data: Omit<SinceData, 'verdict' | 'reason'>): string {
  const { judged, notJudged, unchanged, since } = data
  const found = [...judged.map(({ upgrade }) => upgrade.reason), ...notJudged.map(notJudgedPhrase)]
  if (found.length > 0) {
    const more = found.length - MOST_NAMES
    return [
      ...found.slice(0, MOST_NAMES),
      ...(more > 0 ? [`and ${plural(more, 'further change')}`] : []),
    ].join('; ')
  }
  const names = unchanged.map(({ agent, version }) => `${agent} ${version}`)
  const same =
    names.length === 0 ? 'there is none in the lockfile' : `${listFew(names, MOST_NAMES)} as before`
  return `no agent changed since ${since}: ${same}`
}

const WHY: Readonly<Record<NotJudgedReason, string>> = {
  added: 'was added and is not judged',
  removed: 'was removed',
  kept: 'changed and is not judged, since the application keeps it',
  part: 'changed and is not judged, since it belongs to no agent that is known',
  'no-version': 'changed and is not judged, since it is of no registry',
}

const AS_IT_IS = ': isolate-leak run judges the application with it'
const HINTS: Readonly<Record<NotJudgedReason, string>> = {
  added: ': isolate-leak run judges it, with it among the agents of the config',
  removed: '',
  ...{ kept: AS_IT_IS, part: AS_IT_IS, 'no-version': AS_IT_IS },
}

function notJudgedPhrase({ why, ...change }: NotJudgedChange): string {
  return `${changeText(change)} ${WHY[why]}`
}

/** What was not judged, and what judges it. */
export function notJudgedSentence(change: NotJudgedChange): string {
  return `${notJudgedPhrase(change)}${HINTS[change.why]}`
}

/** `newrelic 7.4.0 → 7.5.0`, or with the one version that there is. */
export function changeText({ agent, from, to }: AgentChange): string {
  const versions = [...new Set([from, to].flatMap(one => one ?? []))]
  return `${agent} ${versions.join(' → ')}`
}

function comparedSentence({ lockfile, since, commit }: SinceData): string {
  return `compared: ${lockfile} with that of ${since} (${commit.slice(0, 12)})`
}
