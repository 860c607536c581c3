import type { Verdict } from '../../types/index.js'
import { changesIn, type HistoryChanges } from './changes/changes-in.js'
import { type Change } from '../../types/history.js'
import { seriesKey } from './changes/series.js'
import type { FinishedNight, Night } from './night.js'

/** A change, and whether people have said that it may be. */
export interface KnownChange extends Change {
  readonly accepted?: true
}

/** What is told of a history. Nights are indexed from 0. */
export interface HistoryData extends HistoryChanges {
  readonly changes: readonly KnownChange[]
  readonly schemaVersion: 1
  /**
   * `leak`: the last answer is a leak; `change`: something grows more than before, still does, and was not accepted; `open`: the last
   * night has no verdict, or there are too few; `clean`: none of these.
   */
  readonly standing: 'leak' | 'change' | 'open' | 'clean'
  readonly nights: readonly Night[]
}

/** Which part of a history is told. */
export interface HistoryFilter {
  readonly component?: string
  readonly metric?: string
  /** Changes that nights showed until then are accepted. Default: none is. */
  readonly acceptedUntil?: Date
}

/** Fewer nights than this cannot tell a change from noise. */
export const FEWEST_NIGHTS = 5

/** What a history shows, of all or of some components and metrics. Pure. */
export function historyData(
  nights: readonly Night[],
  { component, metric, acceptedUntil }: HistoryFilter = {},
): HistoryData {
  const { changes, baselines } = changesIn(nights)
  const wanted = (one: { readonly component: string; readonly metric: string }): boolean =>
    (component === undefined || one.component === component) &&
    (metric === undefined || one.metric === metric)
  const chosen = nights.map(night => (night.outcome === 'failed' ? night : filtered(night, wanted)))
  const isAccepted = ({ shown: night }: Change): boolean =>
    acceptedUntil !== undefined && Date.parse(nights[night]?.startedAt ?? '') <= acceptedUntil.getTime()
  const shown = changes
    .filter(wanted)
    .map(change => (isAccepted(change) ? { ...change, accepted: true as const } : change))
  return {
    schemaVersion: 1,
    standing: standingOf(chosen, shown, component === undefined && metric === undefined),
    changes: shown,
    baselines: baselines.filter(wanted),
    nights: chosen,
  }
}

function filtered(
  night: FinishedNight,
  wanted: (one: { readonly component: string; readonly metric: string }) => boolean,
): FinishedNight {
  const components = night.components.flatMap(component => {
    const metrics = component.metrics.filter(({ metric }) => wanted(seriesKey(component, metric)))
    return metrics.length === 0 ? [] : [{ ...component, metrics }]
  })
  return { ...night, components }
}

function standingOf(
  nights: readonly Night[],
  changes: readonly KnownChange[],
  isWhole: boolean,
): HistoryData['standing'] {
  const finished = nights.filter(night => night.outcome === 'finished')
  const last = nights.at(-1)
  const verdict = (night: FinishedNight): Verdict => (isWhole ? night.verdict : worst(night))
  const answer = finished.at(-1)
  if (answer !== undefined && verdict(answer) === 'leak') return 'leak'
  if (changes.some(isOpen)) return 'change'
  if (last?.outcome !== 'finished' || finished.length < FEWEST_NIGHTS) return 'open'
  return verdict(last) === 'clean' ? 'clean' : 'open'
}

/** Whether more growth stands that nobody has accepted. */
export function isOpen({ direction, stands, accepted }: KnownChange): boolean {
  return stands && direction === 'up' && accepted !== true
}

function worst({ components }: FinishedNight): Verdict {
  const verdicts = components.flatMap(({ metrics }) => metrics.map(({ verdict }) => verdict))
  if (verdicts.includes('leak')) return 'leak'
  return verdicts.length === 0 || verdicts.includes('inconclusive') ? 'inconclusive' : 'clean'
}
