import { hanging, list, plural } from '../../report/format/layout.js'
import { seriesKey, keyText } from '../changes/series.js'
import { FEWEST_NIGHTS, type HistoryData } from '../history-data.js'
import type { Night } from '../night.js'
import { baselineSentences, changedSentence, changeSentence } from './change-sentence.js'
import { keysOf, seriesLines } from './series-lines.js'
import { ASCII, UNICODE } from './strip.js'
import { when } from './when.js'

/** How {@link historyText} writes. */
export interface HistoryTextOptions {
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
  const { nights, changes, baselines } = data
  const noticed = new Set(changes.map(keyText))
  for (const night of nights) {
    for (const component of night.outcome === 'finished' ? night.components : []) {
      for (const { metric, verdict } of component.metrics) {
        if (verdict === 'leak') noticed.add(keyText(seriesKey(component, metric)))
      }
    }
  }
  const keys = keysOf(data).filter(key => all || key.metric === 'heap' || noticed.has(keyText(key)))
  const settings = { last, width, strokes: unicode ? UNICODE : ASCII }
  return [
    ...sentence(summary(data)),
    ...keys.flatMap(key => ['', ...seriesLines(data, key, settings)]),
    ...section(
      'Changes (* above)',
      bullets(
        changes.map(change => {
          const over = change.stands ? '' : ' It is over.'
          return `${changeSentence(change, nights)}${over} ${changedSentence(change.changed)}`
        }),
      ),
    ),
    ...section('New baselines', bullets(baselineSentences(baselines, nights))),
    ...section('Nights without an answer', bullets(failures(nights))),
    '',
  ].join('\n')
}

const STANDING: Readonly<Record<HistoryData['standing'], string>> = {
  leak: 'LEAK',
  change: 'CHANGE',
  open: 'OPEN',
  clean: 'CLEAN',
}

function summary({ nights, standing, changes }: HistoryData): string {
  const [first, last] = [nights[0], nights.at(-1)]
  if (first === undefined || last === undefined) return 'OPEN: there are no nights yet.'
  const count = (what: (night: Night) => boolean, word: string): string[] => {
    const number = nights.filter(what).length
    return number === 0 ? [] : [`${String(number)} ${word}`]
  }
  const counts = list([
    ...(['leak', 'clean', 'inconclusive'] as const).flatMap(verdict =>
      count(night => night.outcome === 'finished' && night.verdict === verdict, verdict),
    ),
    ...count(night => night.outcome === 'failed', 'failed'),
  ])
  const standingChanges = changes.filter(({ stands, direction }) => stands && direction === 'up')
  const why = {
    leak: 'the last answer is a leak',
    change: standingChanges.map(change => changeSentence(change, nights).replace(/\.$/, '')).join('; '),
    open:
      nights.length < FEWEST_NIGHTS
        ? `fewer than ${String(FEWEST_NIGHTS)} nights do not tell a change from noise`
        : 'the last night has no verdict',
    clean: 'no leak, and nothing grows more than it did',
  }[standing]
  const span = `${plural(nights.length, 'night')}, ${when(first.startedAt)} to ${when(last.startedAt)} UTC`
  return `${STANDING[standing]}: ${why}.\n${span}: ${counts}.`
}

function failures(nights: readonly Night[]): string[] {
  return nights.flatMap(night =>
    night.outcome === 'finished'
      ? []
      : [`${when(night.startedAt)}: ${night.error.message.split('\n')[0] ?? ''} (${night.error.code})`],
  )
}
