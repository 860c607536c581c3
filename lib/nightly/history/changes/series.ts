import { tQuantile } from '../../../decide/stats/student-t.js'
import type { Growth, Metric } from '../../../types/index.js'
import type { FinishedNight, Night, NightComponent, NightMetric } from '../night.js'
import type { Point } from './baseline.js'
import type { SeriesKey } from '../../../types/history.js'

/** Nights of one metric of one component that can be compared with each other. */
export interface Series extends SeriesKey {
  readonly unit: Growth['unit']
  /** That of the last night. */
  readonly threshold: number
  readonly points: readonly Point[]
  /** Why it does not go on with the series before it; `null`: it is the first. */
  readonly startsAnew: string | null
  /** Whether the last night that has an answer is one of it. */
  readonly isCurrent: boolean
}

/** Settings without which growth is not comparable, and what they are called. */
const COMPARABLE = { operations: 'operations', workload: 'workload' } as const

/** All series of a history, those of a component in a row, oldest first. Nights that failed or have no figure are left out. */
export function seriesOf(nights: readonly Night[]): Series[] {
  const found = new Map<string, { key: SeriesKey; runs: Open[] }>()
  for (const [index, night] of nights.entries()) {
    if (night.outcome === 'failed') continue
    for (const component of night.components) {
      for (const figure of component.metrics) {
        if (!Number.isFinite(figure.estimate)) continue
        const key = seriesKey(component, figure.metric)
        const name = keyText(key)
        const series = found.get(name) ?? { key, runs: [] }
        found.set(name, series)
        const last = series.runs.at(-1)
        const why = last === undefined ? null : whyAnew(last, night, figure)
        const open = last === undefined || why !== null ? openSeries(night, why) : last
        if (open !== last) series.runs.push(open)
        const isSuspect = last !== undefined && mayChange(component, last.night, night)
        open.points.push({ night: index, ...pointOf(component, figure, night), isSuspect })
        open.night = night
        open.figure = figure
      }
    }
  }
  const last = nights.findLast(({ outcome }) => outcome === 'finished')
  return [...found.values()].flatMap(({ key, runs }) =>
    runs.flatMap(({ points, startsAnew, figure, night }) => {
      if (figure === null) return []
      const { unit, threshold } = figure
      return [{ ...key, unit, threshold, points, startsAnew, isCurrent: night === last }]
    }),
  )
}

/** A series while it is read. */
interface Open {
  night: FinishedNight
  figure: NightMetric | null
  readonly points: Point[]
  readonly startsAnew: string | null
}

const openSeries = (night: FinishedNight, startsAnew: string | null): Open => ({
  night,
  figure: null,
  points: [],
  startsAnew,
})

export function seriesKey({ name, backend }: NightComponent, metric: Metric): SeriesKey {
  return { component: name, metric, ...(backend === undefined ? {} : { backend }) }
}

export function keyText({ component, metric, backend }: SeriesKey): string {
  return JSON.stringify([component, metric, backend ?? null])
}

function whyAnew(last: Open, night: FinishedNight, figure: NightMetric): string | null {
  if (last.figure !== null && last.figure.unit !== figure.unit)
    return `growth is counted in ${figure.unit}, not in ${last.figure.unit} as before`
  const changed = Object.entries(COMPARABLE).flatMap(([name, words]) => {
    const [before, after] = [last.night, night].map(({ configuration }) => configuration.values[name])
    return JSON.stringify(before) === JSON.stringify(after)
      ? []
      : [`${words} changed from ${show(before)} to ${show(after)}`]
  })
  return changed.length === 0 ? null : changed.join(', ')
}

function show(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : String(value)
}

/** Whether versions changed on which the growth of a component may depend. Commits, which change every night, do not count. */
function mayChange(component: NightComponent, before: FinishedNight, after: FinishedNight): boolean {
  const parts = ({ versions: { agents, application, node, os } }: FinishedNight): string => {
    const own = agents.filter(({ name }) => component.kind === 'agent' && name === component.name)
    return JSON.stringify([own, application.version, node, os])
  }
  return before !== after && parts(before) !== parts(after)
}

/** The standard error from the interval: half its width by the quantile that it was made with. */
function pointOf(
  { kind, trials }: NightComponent,
  { estimate, low, high }: NightMetric,
  { configuration }: FinishedNight,
): Omit<Point, 'night' | 'isSuspect'> {
  const errorRate = configuration.values.errorRate
  const degreesOfFreedom = kind === 'agent' ? 2 * (trials - 1) : trials - 1
  if (low === null || high === null || typeof errorRate !== 'number' || degreesOfFreedom < 1)
    return { estimate, standardError: null }
  return {
    estimate,
    standardError: (high - low) / 2 / quantile(1 - errorRate / 2, degreesOfFreedom),
  }
}

const quantiles = new Map<string, number>()

/** Histories ask for the same few again and again. */
function quantile(p: number, degreesOfFreedom: number): number {
  const key = `${String(p)} ${String(degreesOfFreedom)}`
  const known = quantiles.get(key) ?? tQuantile(p, degreesOfFreedom)
  quantiles.set(key, known)
  return known
}
