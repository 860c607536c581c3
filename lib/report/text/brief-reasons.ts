import type { Component, ReportData, RunWarning, WarningCode } from '../../types/index.js'
import { hangingClip, listFew } from '../format/visible-text.js'
import { evidenceInBrief } from './evidence-lines.js'
import { SENTENCE_END, openSteps, sharedSteps } from './next-steps.js'
import { componentName, culpritName } from './verdict-lines.js'
import { judgedInAll, measuredLaunches } from '../judged.js'
import { formatNumber, formatDuration } from '../format/bytes.js'
import { plural } from '../format/layout.js'
import { warningLines } from './run-lines.js'

const MOST_LINES = 5
const MOST_SUBJECTS = 3
const BULLET = '  - '

/**
 * What holds the memory of the culprits, or what would settle the verdict, under a title: at most six lines. Nothing where
 * nothing is known of it.
 */
export function briefReasons(data: ReportData, width: number): string[] {
  return data.verdict === 'leak' ? holding(data, width) : settling(data, width)
}

function holding({ culprits }: ReportData, width: number): string[] {
  const known = culprits.flatMap(culprit => {
    const lines = evidenceInBrief(culprit)
    return lines.length === 0 ? [] : [{ name: culpritName(culprit), lines }]
  })
  const [first] = known
  if (first === undefined) return []
  const lines =
    culprits.length === 1
      ? first.lines.flatMap(([label, text]) => hangingClip(`  ${label.padEnd(10)}`, text, width, 2))
      : known.flatMap(({ name, lines: own }) => {
          const [, text] = own.find(([label]) => label === 'held by') ?? own[0] ?? ['', '']
          return hangingClip('  ', `${name}: ${text}`, width, 1)
        })
  return ['What holds it', ...lines.slice(0, MOST_LINES)]
}

function settling(data: ReportData, width: number): string[] {
  const steps = stepsInBrief(data)
  if (data.verdict === 'clean' || steps.length === 0) return []
  // The last one is short, and helps with all of them.
  const [reasons, last] = steps.length === 1 ? [steps, []] : [steps.slice(0, -1), steps.slice(-1)]
  const shown = reasons.slice(0, MOST_LINES - last.length)
  const each = Math.floor((MOST_LINES - last.length) / shown.length)
  const room = (width - BULLET.length) * each
  return [
    'What would settle it',
    ...shown.flatMap(step => hangingClip(BULLET, lastSentences(step, room), width, each)),
    ...last.flatMap(step => hangingClip(BULLET, step, width, 1)),
  ]
}

/** Where several components are open, what their reasons end with, once for those that end alike. */
function stepsInBrief(data: ReportData): string[] {
  const open = data.components.filter(({ verdict }) => verdict === 'inconclusive')
  if (open.length < 2) return openSteps(data)
  const endings = new Map<string, string[]>()
  for (const component of open) {
    const ending = component.reason.split(SENTENCE_END).at(-1) ?? ''
    endings.set(ending, [...(endings.get(ending) ?? []), componentName(component)])
  }
  const told = [...endings].map(([ending, names]) =>
    endings.size === 1 ? ending : `${listFew(names, MOST_SUBJECTS)}: ${ending}`,
  )
  return [...told, ...sharedSteps(data)]
}

/** The end of a reason says what would settle it: where all of it does not fit, its beginning goes. */
function lastSentences(reason: string, room: number): string {
  const sentences = reason.split(SENTENCE_END)
  let kept = reason
  while (kept.length > room * 0.9 && sentences.length > 1) {
    sentences.shift()
    kept = sentences.join(' ')
  }
  return kept
}

const MOST_NAMES = 4
const MOST_WARNINGS = 2
/** Warnings about sets of agents take no component's verdict, and matter all the same. */
const OF_SETS: readonly WarningCode[] = ['TOGETHER_UNSETTLED', 'TOGETHER_GROWS', 'LEAK_SUPPRESSED']

/** What was compared, and what was noticed: at most `most` lines, three at least. */
export function briefBasis(data: ReportData, width: number, most: number): string[] {
  const { conditions, environment, timings } = data
  const run = `${conditions.workload}, Node ${environment.node}, ${formatDuration(timings.totalMs)}`
  const compared = [
    ...hangingClip('Compared  ', comparedText(data), width, 2),
    ...hangingClip('Workload  ', run, width, 1),
  ]
  return [...compared, ...noticed(data, width, most - compared.length)]
}

/** Warnings that matter, with the lines there are. */
function noticed(data: ReportData, width: number, room: number): string[] {
  const warnings = warningLines(data.warnings.filter(warning => matters(warning, data)))
  const isMore = warnings.length > Math.min(MOST_WARNINGS, room)
  const shown = warnings.slice(0, Math.min(MOST_WARNINGS, isMore ? room - 1 : room))
  const each = Math.min(2, Math.floor((isMore ? room - 1 : room) / Math.max(1, shown.length)))
  return [
    ...shown.flatMap(text => hangingClip('  ! ', text, width, each)),
    ...(isMore ? [`  ! and ${plural(warnings.length - shown.length, 'more warning')}`] : []),
  ]
}

function matters({ code, downgrades }: RunWarning, { verdict }: ReportData): boolean {
  return downgrades || OF_SETS.includes(code) || verdict === 'inconclusive'
}

function comparedText(data: ReportData): string {
  const measured = measuredLaunches(data.trials)
  const accused = new Set(data.culprits.flatMap(({ agents }) => agents))
  const agents = data.components.filter(({ kind }) => kind === 'agent')
  const isAsked = ({ name, verdict }: Component): boolean =>
    data.verdict === 'leak' ? accused.has(name) : verdict === 'inconclusive'
  const asked = agents.some(isAsked) ? agents.filter(isAsked) : agents
  const looked = (asked.length === 0 ? data.components : asked).map(judgedInAll)
  const judged = looked.flatMap(({ operations }) => operations)
  const launched = measured.map(({ operations }) => operations)
  const sizes = [...new Set(judged.length > 0 ? judged : launched)].sort((a, b) => a - b)
  if (sizes.length === 0) return 'nothing: no trial was made'
  const each = `${sizes.map(size => formatNumber(size)).join(' or ')} operations each`
  const references = looked.flatMap(({ reference, trials }) =>
    asked.length === 0 ? trials : (reference ?? []),
  )
  const baseline =
    references.length > 0
      ? Math.max(...references)
      : measured.filter(({ agents: on }) => on.length === 0).length
  if (asked.length === 0) return `${plural(baseline, 'trial')} of the application alone, ${each}`
  const names = asked.map(({ name }, index) => `${name} (${String(looked[index]?.trials ?? 0)})`)
  return `${each}: no agents (${plural(baseline, 'trial')}) against ${listFew(names, MOST_NAMES)}`
}
