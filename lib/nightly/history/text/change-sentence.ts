import { amountText, growthPhrase } from '../../../report/format/growth.js'
import { list } from '../../../report/format/layout.js'
import type { Growth } from '../../../types/index.js'
import type { NewBaseline } from '../changes/changes-in.js'
import type { Difference, Change, SeriesKey } from '../../../types/history.js'
import type { Night } from '../night.js'
import { when } from './when.js'

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
