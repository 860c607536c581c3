import { list, plural } from '../../../report/format/layout.js'
import { FEWEST_NIGHTS, type HistoryData, isOpen } from '../history-data.js'
import type { Night, NightMetric } from '../night.js'
import { keyText, seriesKey } from '../changes/series.js'
import type { Change, Difference, SeriesKey } from '../../../types/history.js'
import { amountText, growthPhrase } from '../../../report/format/growth.js'
import type { Growth } from '../../../types/index.js'
import type { NewBaseline } from '../changes/changes-in.js'

const STANDING: Readonly<Record<HistoryData['standing'], string>> = {
  leak: 'LEAK',
  change: 'CHANGE',
  open: 'OPEN',
  clean: 'CLEAN',
}

/** What stands, and why, in a sentence. */
export function standingSentence({ nights, standing, changes }: HistoryData): string {
  if (nights.length === 0) return 'OPEN: there are no nights yet.'
  const why = {
    leak: 'the last answer is a leak',
    change: changes
      .filter(isOpen)
      .map(change => changeSentence(change, nights).replace(/\.$/, ''))
      .join('; '),
    open:
      nights.length < FEWEST_NIGHTS
        ? `fewer than ${String(FEWEST_NIGHTS)} nights do not tell a change from noise`
        : 'the last night has no verdict',
    clean: changes.some(({ stands, accepted }) => stands && accepted)
      ? 'no leak, and nothing grows more than was accepted'
      : 'no leak, and nothing grows more than it did',
  }[standing]
  return `${STANDING[standing]}: ${why}.`
}

/** How many nights, from when to when, and how they ended. */
export function spanSentence({ nights }: HistoryData): string {
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
  const [first, last] = [nights[0], nights.at(-1)]
  if (first === undefined || last === undefined) return 'No nights.'
  return `${plural(nights.length, 'night')}, ${when(first.startedAt)} to ${when(last.startedAt)} UTC: ${counts}.`
}

/** Every change, whether it is over or accepted, and what else changed then. */
export function changeTexts({ changes, nights }: HistoryData): string[] {
  return changes.map(change => {
    const state = change.stands ? (change.accepted ? ' It is accepted.' : '') : ' It is over.'
    return `${changeSentence(change, nights)}${state} ${changedSentence(change.changed)}`
  })
}

/** Every night that failed, and why. */
export function failureTexts(nights: readonly Night[]): string[] {
  return nights.flatMap(night =>
    night.outcome === 'finished'
      ? []
      : [`${when(night.startedAt)}: ${night.error.message.split('\n')[0] ?? ''} (${night.error.code})`],
  )
}

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
interface Row {
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

/** Most differences that a sentence names. */
const MOST = 5
const LONGEST_VALUE = 40

/** What grows, as it is called in sentences: `apm`, `apm while the collector is down`, `the application`. */
export function partName({ component, backend }: Pick<SeriesKey, 'component' | 'backend'>): string {
  const name = component === 'application' ? 'the application' : component
  return backend === undefined ? name : `${name} (collector ${backend})`
}

/** `apm grows by 9.1 B of heap per operation since 2026-01-20 02:00, by 2 B before; from 16 B it is a leak.` */
export function changeSentence(change: Change, nights: readonly Night[]): string {
  const { metric, unit, from, to, threshold, direction, first } = change
  const growth = (estimate: number): Growth => ({ estimate, low: estimate, high: estimate, unit })
  const since = when(nights[first]?.startedAt ?? '')
  const verb = direction === 'up' ? 'grows more' : 'grows less'
  return (
    `${partName(change)} ${verb} since ${since}: ${growthPhrase(metric, growth(to))}, ` +
    `${amountText(from, growth(from))} before (a leak from ${amountText(threshold, growth(threshold))}).`
  )
}

/** `What else changed then: apm 1.0.0 → 1.1.0.`; says so when nothing is known to have changed. */
export function changedSentence(changed: readonly Difference[]): string {
  if (changed.length === 0) return 'Nothing else is known to have changed then.'
  return `What else changed then: ${differenceList(changed)}.`
}

/** `Node 20.19.0 → 20.20.2, operations 5120 → 20480`. */
export function differenceList(changed: readonly Difference[]): string {
  const shown = changed.slice(0, MOST).map(({ what, from, to }) => `${what} ${value(from)} → ${value(to)}`)
  const more = changed.length - shown.length
  return list(more > 0 ? [...shown, `${String(more)} more`] : shown)
}

function value(text: string | null): string {
  if (text === null || text === '') return 'none'
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 3)}...` : text
}

/** Why nights before one are not compared with those since. One sentence for all that it concerns. */
export function baselineSentences(baselines: readonly NewBaseline[], nights: readonly Night[]): string[] {
  const sentences = baselines.map(({ night, reason }) => {
    const since = when(nights[night]?.startedAt ?? '')
    return `Since ${since} figures are not compared with earlier ones: ${reason}.`
  })
  return [...new Set(sentences)]
}

/** `2026-11-23 02:00`, in UTC. */
export function when(startedAt: string): string {
  return new Date(startedAt).toISOString().slice(0, 16).replace('T', ' ')
}
