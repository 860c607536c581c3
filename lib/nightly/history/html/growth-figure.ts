import { lineChart } from '../../../report/charts/line-chart.js'
import { NARROW, WIDE, type LineChart } from '../../../report/charts/line-chart-types.js'
import { OTHER_LOOKS, type Look } from '../../../report/charts/look.js'
import { Markup, markup } from '../../../report/charts/markup.js'
import { byteTicks, countTicks } from '../../../report/charts/tick-texts.js'
import { amountText } from '../../../report/format/growth.js'
import { metricName, perWhat } from '../../../report/format/metric-names.js'
import { dataTable, folded, verdictBadge } from '../../../report/html/blocks.js'
import type { Growth } from '../../../types/index.js'
import { keyText } from '../changes/series.js'
import { type SeriesKey } from '../../../types/history.js'
import type { HistoryData } from '../history-data.js'
import { figuresOf } from '../text/figures.js'
import { partName } from '../text/change-sentence.js'
import { when } from '../text/when.js'

const LOOK: Look = { ...(OTHER_LOOKS[0] as Look), dash: '', marker: 'circle' }

/** Growth over the nights with its interval and the threshold, nights of changes marked, the same as a table. */
export function growthFigure(data: HistoryData, key: SeriesKey, id: string): Markup | null {
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
