import { hanging } from '../../../report/format/layout.js'
import type { HistoryData } from '../history-data.js'
import {
  baselineSentences,
  changeSentence,
  changeTexts,
  changedSentence,
  differenceList,
  failureTexts,
  figuresOf,
  keysToShow,
  partName,
  spanSentence,
  standingSentence,
  when,
} from './sentences.js'
import { amountText, metricName, perWhat } from '../../../report/format/growth.js'
import type { Growth } from '../../../types/index.js'
import { keyText } from '../changes/series.js'
import type { SeriesKey } from '../../../types/history.js'
import type { Night, NightMetric } from '../night.js'
import { changesIn } from '../changes/changes-in.js'
import { differencesBetween } from '../changes/differences.js'

/** How {@link historyText} writes. */
interface HistoryTextOptions {
  /** Characters a line. Default 80. */
  readonly width?: number
  /** Nights that are drawn, the newest. Default 30. */
  readonly last?: number
  /** Whether the terminal shows more than ASCII. Default true. */
  readonly unicode?: boolean
  /** Draws metrics that are clean and never changed, too. Default: the heap alone of those. */
  readonly all?: boolean
}

/** A history for people: what stands, every component over the nights, changes and what else changed, failures. */
export function historyText(data: HistoryData, options: HistoryTextOptions = {}): string {
  const { width = 80, last = 30, unicode = true, all = false } = options
  const sentence = (text: string): string[] => hanging('', text, width)
  const bullets = (texts: readonly string[]): string[] => texts.flatMap(text => hanging('  - ', text, width))
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', title, ...lines]
  const { nights, baselines } = data
  const keys = keysToShow(data, all)
  const settings = { last, width, strokes: unicode ? UNICODE : ASCII }
  return [
    ...sentence(standingSentence(data)),
    ...(nights.length === 0 ? [] : sentence(spanSentence(data))),
    ...keys.flatMap(key => ['', ...seriesLines(data, key, settings)]),
    ...section('Changes (* above)', bullets(changeTexts(data))),
    ...section('New baselines', bullets(baselineSentences(baselines, nights))),
    ...section('Nights without an answer', bullets(failureTexts(nights))),
    '',
  ].join('\n')
}

const GAP = '  '
const NIGHT_WIDTH = '2026-11-23 02:00'.length
const VERDICT_WIDTH = 'inconclusive'.length
const NARROWEST = 12

/**
 * A heading, and a line a night with its interval drawn, its growth and its verdict; nights that changed something are marked.
 * @param last how many nights are shown
 */
function seriesLines(
  data: HistoryData,
  key: SeriesKey,
  { last, width, strokes }: { readonly last: number; readonly width: number; readonly strokes: Strokes },
): string[] {
  const figures = figuresOf(data, key).slice(-last)
  const newest = figures.findLast(({ figure }) => figure !== null)?.figure
  if (newest === undefined || newest === null) return []
  const known = figures.flatMap(({ figure }) => (figure === null ? [] : [figure]))
  const amounts = known.map(figure => amountOf(figure))
  const amountWidth = Math.max(...amounts.map(amount => amount.length))
  const room = width - GAP.length * 4 - NIGHT_WIDTH - amountWidth - VERDICT_WIDTH - ' *'.length
  const scale = scaleFor(known, newest.threshold, Math.max(NARROWEST, room))
  const marked = new Set(
    data.changes.filter(change => keyText(change) === keyText(key)).map(({ first }) => first),
  )
  const limit = `a leak from ${amountText(newest.threshold, growthOf(newest))}`
  return [
    `${partName(key)}: ${metricName(key.metric)} per ${perWhat(growthOf(newest))}, ${limit}`,
    ...figures.map(({ index, startedAt, figure, note }) => {
      const start = `${GAP}${when(startedAt)}${GAP}`
      if (figure === null) return `${start}${note}`
      const drawn = strip(figure, newest.threshold, scale, strokes).padEnd(scale.width)
      const amount = amountOf(figure).padStart(amountWidth)
      const verdict = figure.verdict === 'leak' ? 'LEAK' : figure.verdict
      return `${start}${drawn}${GAP}${amount}${GAP}${verdict}${marked.has(index) ? ' *' : ''}`
    }),
  ]
}

function amountOf(figure: NightMetric): string {
  return amountText(figure.estimate, growthOf(figure))
}

function growthOf({ estimate, unit }: NightMetric): Growth {
  return { estimate, low: estimate, high: estimate, unit }
}

/** Characters that an interval is drawn with. */
interface Strokes {
  readonly from: string
  readonly to: string
  readonly between: string
  readonly estimate: string
  readonly limit: string
  /** It goes on to the left, to the right. */
  readonly less: string
  readonly more: string
}

export const UNICODE: Strokes = {
  ...{ from: '├', to: '┤', between: '─', estimate: '●', limit: '┊', less: '◂', more: '▸' },
}
export const ASCII: Strokes = {
  ...{ from: '|', to: '|', between: '-', estimate: 'o', limit: ':', less: '<', more: '>' },
}

/** What is drawn. */
interface Interval {
  readonly estimate: number
  /** `null`: not known. */
  readonly low: number | null
  readonly high: number | null
}

/** What a strip reaches from and to, and how many characters it is wide. */
interface Scale {
  readonly least: number
  readonly most: number
  readonly width: number
}

/**
 * A scale for intervals and a limit. Single intervals that are far wider than most do not squeeze the others: they are cut.
 */
export function scaleFor(intervals: readonly Interval[], limit: number, width: number): Scale {
  const ends = intervals.flatMap(({ estimate, low, high }) => [low ?? estimate, high ?? estimate])
  const sorted = [...ends].sort((a, b) => a - b)
  const estimates = intervals.map(({ estimate }) => estimate)
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0
  const least = Math.min(0, at(0.05), ...estimates)
  const most = Math.max(limit * 1.1, at(0.95), ...estimates)
  return { least, most, width }
}

/** An interval as a row of characters, the limit as an upright stroke. */
export function strip(
  { estimate, low, high }: Interval,
  limit: number,
  scale: Scale,
  strokes: Strokes,
): string {
  const { least, most, width } = scale
  const exact = (value: number): number => Math.round(((value - least) / (most - least)) * (width - 1))
  const place = (value: number): number => Math.max(0, Math.min(width - 1, exact(value)))
  const cells = Array.from({ length: width }, () => ' ')
  cells[place(limit)] = strokes.limit
  if (low !== null && high !== null) {
    for (let cell = place(low); cell <= place(high); cell++) cells[cell] = strokes.between
    cells[place(low)] = exact(low) < 0 ? strokes.less : strokes.from
    cells[place(high)] = exact(high) > width - 1 ? strokes.more : strokes.to
  }
  cells[place(estimate)] = strokes.estimate
  return cells.join('').trimEnd()
}

/** What the last night shows compared with those before: a few lines to go with its report. */
export function sinceLastNight(nights: readonly Night[], width: number = 80): string {
  const index = nights.length - 1
  const history = changesIn(nights)
  const changes = history.changes.filter(({ shown }) => shown === index)
  const baselines = history.baselines.filter(({ night }) => night === index)
  const before = nights.slice(0, -1).findLast(({ outcome }) => outcome === 'finished')
  const changed = differencesBetween(before, nights[index])
  const answers = nights
    .slice(0, -1)
    .findLast(night => night.outcome === 'finished' && night.verdict !== 'inconclusive')
  const last = nights[index]
  const texts = [
    ...(last?.outcome === 'finished' && answers?.outcome === 'finished' && answers.verdict !== last.verdict
      ? [`The verdict was ${answers.verdict}, now it is ${last.verdict}.`]
      : []),
    ...changes.map(change => `${changeSentence(change, nights)} ${changedSentence(change.changed)}`),
    ...baselineSentences(baselines, nights),
    ...(changed.length === 0 ? [] : [`Changed: ${differenceList(changed)}.`]),
  ]
  const title = before === undefined ? 'The first night of this history.' : 'Since last night:'
  if (before === undefined) return `${title}\n`
  if (texts.length === 0) return `${title} nothing that is more than noise.\n`
  return [title, ...texts.flatMap(text => hanging('  - ', text, width)), ''].join('\n')
}
