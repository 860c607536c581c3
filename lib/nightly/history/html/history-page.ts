import { markup } from '../../../report/charts/markup.js'
import { bullets, type Section } from '../../../report/html/blocks.js'
import { frame } from '../../../report/html/frame.js'
import type { HistoryData } from '../history-data.js'
import { baselineSentences } from '../text/change-sentence.js'
import { keysToShow } from '../text/figures.js'
import { changeTexts, failureTexts, standingSentence, spanSentence } from '../text/sentences.js'
import { growthFigure } from './growth-figure.js'

/**
 * A history as one HTML page: nothing is loaded from elsewhere, nothing is executed.
 * @param version of the library
 */
export function historyPage(data: HistoryData, version: string): string {
  const figures = keysToShow(data, false).flatMap((key, index) => {
    const figure = growthFigure(data, key, `growth-${String(index + 1)}`)
    return figure === null ? [] : [figure]
  })
  const parts: readonly (readonly [string, string, Section['body'] | null])[] = [
    ['growth', 'Growth from night to night', figures.length === 0 ? null : markup`${figures}`],
    ['changes', 'Changes', bullets(changeTexts(data))],
    ['baselines', 'New baselines', bullets(baselineSentences(data.baselines, data.nights))],
    ['failures', 'Nights without an answer', bullets(failureTexts(data.nights))],
  ]
  const sentence = standingSentence(data)
  return frame({
    title: sentence,
    version,
    run: spanSentence(data),
    opening: markup`<div class="verdict"><h1>${sentence}</h1></div>`,
    sections: parts.flatMap(([id, title, body]) => (body === null ? [] : [{ id, title, body }])),
    footer: `Made by isolate-leak ${version} from a history of nights. Changes are told from noise night by night.`,
  })
}
