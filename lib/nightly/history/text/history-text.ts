import { hanging } from '../../../report/format/layout.js'
import type { HistoryData } from '../history-data.js'
import { baselineSentences } from './change-sentence.js'
import { keysToShow } from './figures.js'
import { changeTexts, failureTexts, spanSentence, standingSentence } from './sentences.js'
import { seriesLines } from './series-lines.js'
import { ASCII, UNICODE } from './strip.js'

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
