import { amountText } from '../../../report/format/growth.js'
import { metricName, perWhat } from '../../../report/format/metric-names.js'
import type { Growth } from '../../../types/index.js'
import { keyText } from '../changes/series.js'
import { type SeriesKey } from '../../../types/history.js'
import type { HistoryData } from '../history-data.js'
import type { NightMetric } from '../night.js'
import { partName } from './change-sentence.js'
import { figuresOf } from './figures.js'
import { scaleFor, strip, type Strokes } from './strip.js'
import { when } from './when.js'

const GAP = '  '
const NIGHT_WIDTH = '2026-11-23 02:00'.length
const VERDICT_WIDTH = 'inconclusive'.length
const NARROWEST = 12

/**
 * A heading, and a line a night with its interval drawn, its growth and its verdict; nights that changed something are marked.
 * @param last how many nights are shown
 */
export function seriesLines(
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
