import { measuredLaunches } from '../launches.js'
import type { Component, ReportData, Warning, WarningCode } from '../../types/index.js'
import { judgedInAll } from '../judged.js'
import { hangingClip, listFew } from '../format/clip.js'
import { formatNumber } from '../format/bytes.js'
import { formatDuration } from '../format/duration.js'
import { plural } from '../format/layout.js'
import { warningLines } from './warning-lines.js'

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

function matters({ code, downgrades }: Warning, { verdict }: ReportData): boolean {
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
