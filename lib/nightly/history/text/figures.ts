import { keyText, seriesKey } from '../changes/series.js'
import { type SeriesKey } from '../../../types/history.js'
import type { HistoryData } from '../history-data.js'
import type { NightMetric } from '../night.js'

/** What is followed, in the order in which it first appears. */
export function keysOf({ nights }: HistoryData): SeriesKey[] {
  const keys = new Map<string, SeriesKey>()
  for (const night of nights) {
    for (const component of night.outcome === 'finished' ? night.components : []) {
      for (const { metric } of component.metrics) {
        const key = seriesKey(component, metric)
        keys.set(keyText(key), key)
      }
    }
  }
  return [...keys.values()]
}

/**
 * What is worth drawing of it: the heap of everything, and what leaked or changed in some night.
 * @param all everything
 */
export function keysToShow(data: HistoryData, all: boolean): SeriesKey[] {
  const noticed = new Set(data.changes.map(keyText))
  for (const night of data.nights) {
    for (const component of night.outcome === 'finished' ? night.components : []) {
      for (const { metric, verdict } of component.metrics) {
        if (verdict === 'leak') noticed.add(keyText(seriesKey(component, metric)))
      }
    }
  }
  return keysOf(data).filter(key => all || key.metric === 'heap' || noticed.has(keyText(key)))
}

/** A night of a series. */
export interface Row {
  readonly index: number
  readonly startedAt: string
  /** `null`: there is none, see the note. */
  readonly figure: NightMetric | null
  readonly note: string
}

/** Every night of a history that failed or has a figure of a series. */
export function figuresOf({ nights }: HistoryData, key: SeriesKey): Row[] {
  return nights.flatMap((night, index): Row[] => {
    const { startedAt } = night
    if (night.outcome === 'failed')
      return [{ index, startedAt, figure: null, note: `failed: ${night.error.code}` }]
    const own = night.components.flatMap(component =>
      component.metrics.filter(({ metric }) => keyText(seriesKey(component, metric)) === keyText(key)),
    )
    const [figure] = own
    return figure === undefined ? [] : [{ index, startedAt, figure, note: '' }]
  })
}
