import { reportPath } from './json/json-report.js'
import type { Component, Culprit, ReportData } from '../types/index.js'
import { clip, listFew } from './format/visible-text.js'
import { amountText } from './format/growth.js'
import { withShortNames } from './text/short-names.js'
import { briefReasons, briefBasis } from './text/brief-reasons.js'
import {
  alsoLine,
  componentName,
  culpritLine,
  underLine,
  unaccusedLine,
  whereLine,
  perDaySentence,
  answersLine,
} from './text/verdict-lines.js'

/** Characters a line, and lines: what a terminal of the usual size shows at once. */
export const SCREEN = { width: 80, lines: 24 } as const

const MOST_CULPRITS = 3
const VERDICT_LINES = 6
/** Names of components in a sentence. */
const MOST_NAMES = 4
const OPERATIONS_PER_SECOND = 100

/** How {@link briefText} is told where the whole account is. */
export interface BriefOptions {
  /** The report's file, where one was written. */
  readonly file?: string | null
}

/** For a run with this `outDir`. */
export function writtenTo(outDir: string | null): BriefOptions {
  return { file: outDir === null ? null : reportPath(outDir) }
}

/**
 * The account on one screen, for a test that fails: the verdict with interval and threshold, what holds the memory or what
 * would settle the verdict, what was compared, warnings that matter, and where the whole account is. At most 24 lines of at
 * most 80 characters, whatever the report holds; what does not fit is cut.
 */
export function briefText(data: ReportData, options: BriefOptions = {}): string {
  const shown = withShortNames(data)
  const answers = clip(answersLine(shown), SCREEN.width, 1)
  return screen([...verdictLines(shown), ...othersLines(shown), ...answers], shown, options)
}

/** Lines on a verdict, followed by what every brief account ends with. */
export function screen(verdict: readonly string[], data: ReportData, options: BriefOptions): string {
  const reasons = briefReasons(data, SCREEN.width)
  const where = account(options)
  const blank = 3
  const taken = verdict.length + reasons.length + where.length + blank
  const parts = [verdict, reasons, briefBasis(data, SCREEN.width, SCREEN.lines - taken), where]
  return parts
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')
}

function verdictLines(data: ReportData): string[] {
  const { culprits } = data
  const [first, ...others] = culprits
  if (first === undefined) return clip(unaccusedText(data), SCREEN.width, VERDICT_LINES)
  if (others.length === 0) {
    const sentences = [
      `${culpritLine(first, data)} ${thresholdSentence(first, data)}`,
      underLine(first, data),
      whereLine(first),
      perDaySentence(first, data, OPERATIONS_PER_SECOND),
      alsoLine(first),
    ]
    return clip(sentences.filter(Boolean).join(' '), SCREEN.width, VERDICT_LINES)
  }
  const more = culprits.length - MOST_CULPRITS
  const named = more > 0 ? culprits.slice(0, MOST_CULPRITS - 1) : culprits
  const each = Math.floor((VERDICT_LINES - (more > 0 ? 1 : 0)) / named.length)
  return [
    ...named.flatMap(culprit =>
      clip(`${culpritLine(culprit, data)} ${thresholdSentence(culprit, data)}`, SCREEN.width, each),
    ),
    ...(more > 0
      ? [`and ${String(culprits.length - named.length)} more that leak: see the whole account.`]
      : []),
  ]
}

/** What became of the others, in at most two lines. */
function othersLines({ verdict, components, culprits }: ReportData): string[] {
  if (verdict === 'clean') return []
  const accused = new Set(culprits.flatMap(({ agents }) => agents))
  const names = (wanted: Component['verdict']): string =>
    listFew(
      components.filter(one => one.verdict === wanted && !accused.has(one.name)).map(componentName),
      MOST_NAMES,
    )
  const open = verdict === 'leak' ? names('inconclusive') : ''
  const clean = names('clean')
  return [
    ...(open === '' ? [] : clip(`Not settled: ${open}.`, SCREEN.width, 1)),
    ...(clean === '' ? [] : clip(`Clean: ${clean}.`, SCREEN.width, 1)),
  ]
}

function thresholdSentence({ metric, growth, agents }: Culprit, data: ReportData): string {
  const metrics = data.components
    .filter(({ kind, name }) => (agents.length === 0 ? kind === 'application' : agents.includes(name)))
    .flatMap(component => component.metrics.filter(result => result.metric === metric))
  const threshold = metrics[0]?.threshold ?? (metric === 'heap' ? data.options.threshold : undefined)
  return threshold === undefined ? '' : `From ${amountText(threshold, growth)} on it counts as a leak.`
}

/** The sentence on one open component names its threshold; that on several names all of them. */
function unaccusedText(data: ReportData): string {
  const open = data.components.filter(one => one.verdict === 'inconclusive')
  const [first] = open
  if (first === undefined || open.length < 2) return unaccusedLine(data)
  const names = listFew(open.map(componentName), MOST_NAMES)
  const threshold = amountText(data.options.threshold, first.growth)
  return `INCONCLUSIVE: whether ${names} leak is not settled. Heap that grows by ${threshold} or more counts as a leak.`
}

function account({ file = null }: BriefOptions): string[] {
  const text = 'The whole account: String(error.report)'
  if (file === null) return [text]
  const line = `${text}, ${file}`
  return line.length <= SCREEN.width ? [line] : [`${text},`, `  ${tail(file, SCREEN.width - 2)}`]
}

/** The end of a path says more than its beginning. */
function tail(path: string, width: number): string {
  return path.length <= width ? path : `...${path.slice(3 - width)}`
}
