import { Markup, markup } from '../../../report/charts/markup.js'
import { type Section, bullets, dataTable, folded, verdictBadge } from '../../../report/html/blocks.js'
import { frame } from '../../../report/html/frame.js'
import type { HistoryData } from '../history-data.js'
import {
  changeTexts,
  failureTexts,
  spanSentence,
  standingSentence,
  figuresOf,
  keysToShow,
  baselineSentences,
  partName,
  when,
} from '../text/sentences.js'
import { lineChart } from '../../../report/charts/line-chart.js'
import { type LineChart, NARROW, WIDE, byteTicks, countTicks } from '../../../report/charts/line-axes.js'
import { type Look, OTHER_LOOKS } from '../../../report/charts/look.js'
import { amountText, metricName, perWhat } from '../../../report/format/growth.js'
import type { Growth } from '../../../types/index.js'
import { keyText } from '../changes/series.js'
import type { SeriesKey } from '../../../types/history.js'

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

const LOOK: Look = { ...(OTHER_LOOKS[0] as Look), dash: '', marker: 'circle' }

/** Growth over the nights with its interval and the threshold, nights of changes marked, the same as a table. */
function growthFigure(data: HistoryData, key: SeriesKey, id: string): Markup | null {
  const rows = figuresOf(data, key)
  const known = rows.flatMap(({ figure, ...row }) => (figure === null ? [] : [{ ...row, figure }]))
  const newest = known.at(-1)?.figure
  if (newest === undefined) return null
  const changes = data.changes.filter(change => keyText(change) === keyText(key))
  const growth: Growth = { estimate: 0, low: 0, high: 0, unit: newest.unit }
  const amount = (value: number): string => amountText(value, growth)
  const title = `${partName(key)}: ${metricName(key.metric)} per ${perWhat(growth)}`
  const chart: LineChart = {
    ...{ id, title },
    description: `Growth in ${String(known.length)} nights; a leak from ${amount(newest.threshold)}. ${
      changes.length === 0
        ? 'No change.'
        : `Changes: ${changes.map(change => when(data.nights[change.first]?.startedAt ?? '')).join(', ')}.`
    }`,
    x: {
      label: 'night',
      texts: countTicks,
      ticks: rows.map(({ startedAt }, at) => ({ at, text: when(startedAt).slice(5, 10) })),
    },
    y: {
      label: `${metricName(key.metric)} per ${perWhat(growth)}`,
      texts: newest.unit.startsWith('bytes') ? byteTicks : countTicks,
    },
    lines: [
      {
        name: key.component,
        look: LOOK,
        isMain: true,
        points: rows.flatMap(({ figure, index }, x) =>
          figure === null
            ? []
            : [
                {
                  ...{ x, y: figure.estimate, low: figure.low, high: figure.high },
                  ...(changes.some(({ first }) => first === index) ? { mark: 'warning' as const } : {}),
                },
              ],
        ),
      },
    ],
    threshold: { value: newest.threshold, label: `a leak from ${amount(newest.threshold)}` },
  }
  const table = dataTable(
    title,
    [
      { heading: 'night' },
      { heading: 'growth', holds: 'amounts' },
      { heading: 'interval', holds: 'amounts' },
      { heading: 'verdict' },
    ],
    rows.map(({ startedAt, figure, note }) =>
      figure === null
        ? [when(startedAt), '', '', note]
        : [
            when(startedAt),
            amount(figure.estimate),
            figure.low === null || figure.high === null
              ? 'unknown'
              : `${amount(figure.low)} to ${amount(figure.high)}`,
            verdictBadge(figure.verdict),
          ],
    ),
  )
  return markup`<figure class="memory" role="group" aria-labelledby="${id}-caption"><figcaption><strong id="${id}-caption">${title}</strong><span>${
    changes.length === 0 ? '' : 'A ring marks the first night of a change.'
  }</span></figcaption><div class="wide">${new Markup(lineChart({ ...chart, id: `${id}-wide` }, WIDE))}</div><div class="narrow" hidden>${new Markup(lineChart({ ...chart, id: `${id}-narrow` }, NARROW))}</div>${folded('Nights as a table', table)}</figure>`
}
