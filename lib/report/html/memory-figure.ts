import type { Metric, ReportData, Sample, TrialRecord } from '../../types/index.js'
import { lineChart } from '../charts/line-chart.js'
import {
  DOTS,
  type ChartLine,
  type ChartPoint,
  type LineChart,
  NARROW,
  WIDE,
  byteTicks,
  countTicks,
} from '../charts/line-axes.js'
import { COLOURS, type Look, markerPath } from '../charts/look.js'
import { Markup, markup } from '../charts/markup.js'
import { formatBytes, formatNumber, formatDuration } from '../format/bytes.js'
import { plural } from '../format/layout.js'
import { metricName } from '../format/growth.js'
import { dataTable, folded } from './blocks.js'
import { thresholdOf } from './growth-figure.js'
import { type TrialGroup, setName, trialGroups } from './trial-groups.js'

const COUNTED: ReadonlySet<Metric> = new Set(['handles', 'listeners', 'fds', 'threads', 'contexts'])

/** Before this share of the operations readings count for nothing. */
const WARM_UP = 1 / 4

/** Readings of one metric over operations, a line a trial, the same in words and as a table. */
export function memoryFigure(data: ReportData, metric: Metric): Markup | null {
  const groups = readingsOf(data, metric)
  if (groups.every(({ readings }) => readings.length === 0)) return null
  const write = COUNTED.has(metric) ? countText : formatBytes
  const chart = chartOf(groups, data, metric, write)
  const id = `memory-${metric}`
  return markup`<figure class="memory" role="group" aria-labelledby="${id}-caption"><figcaption><strong id="${id}-caption">${chart.title}</strong> <span>${note(groups, data)}</span></figcaption><div class="wide">${new Markup(lineChart({ ...chart, id: `${id}-wide` }, WIDE))}</div><div class="narrow" hidden>${new Markup(lineChart({ ...chart, id: `${id}-narrow` }, NARROW))}</div><ul class="legend">${groups
    .toReversed()
    .map(
      group => markup`<li>${swatch(group)} <span>${legendText(group, write)}</span></li>`,
    )}<li>${slopeSwatch} <span>${slopeText(data, metric, thresholdOf(data, metric))}</span></li></ul>${folded(
    'Readings as a table',
    readingsTable(groups, data, metric, write),
  )}</figure>`
}

function chartOf(
  groups: readonly GroupReadings[],
  data: ReportData,
  metric: Metric,
  write: (amount: number) => string,
): LineChart {
  const unit = data.components[0]?.growth.unit ?? 'bytes/operation'
  const what = metric === 'heap' ? 'settled heap' : metricName(metric)
  const lengths = new Set(groups.flatMap(({ trials }) => trials.map(({ operations }) => operations)))
  const [length = 0] = lengths
  return {
    id: '',
    title: `${what.slice(0, 1).toUpperCase()}${what.slice(1)} in every trial, beyond its first reading`,
    description: [
      ...groups.map(group => `${legendText(group, write)}.`),
      `A dotted line is ${slopeText(data, metric, thresholdOf(data, metric))}.`,
    ].join(' '),
    x: { label: unit.endsWith('second') ? 'seconds' : 'operations performed', texts: countTicks },
    y: { label: `${what} beyond the first reading`, texts: COUNTED.has(metric) ? countTicks : byteTicks },
    lines: memoryLines(groups),
    slope: thresholdOf(data, metric),
    ...(lengths.size === 1 ? { shade: { from: 0, to: length * WARM_UP, label: 'warm-up' } } : {}),
  }
}

function countText(count: number): string {
  return formatNumber(count)
}

function legendText({ name, readings, trials }: GroupReadings, write: (amount: number) => string): string {
  const ends = readings.map(({ points }) => points.findLast(({ mark }) => mark !== 'later')?.y ?? 0)
  const failed = trials.filter(({ outcome }) => outcome.kind !== 'completed').length
  const [least, most] = [write(Math.min(...ends)), write(Math.max(...ends))]
  const grown = ends.length === 0 ? 'no reading' : `${least === most ? '' : `${least} to `}${most} at the end`
  const ended = failed === 0 ? '' : `, ${formatNumber(failed)} ended early (cross)`
  return `${name}: ${plural(trials.length, 'trial')}, ${grown}${ended}`
}

/** What is not explained by the legend. */
function note(groups: readonly GroupReadings[], { options }: ReportData): string {
  const points = groups.flatMap(({ readings }) => readings.flatMap(reading => reading.points))
  return [
    'A line is one launch of the application. Growth is computed from the readings after the first quarter.',
    points.some(({ mark }) => mark === 'later')
      ? `A hollow sign is the reading after ${formatDuration(options.retentionMs)} of rest and some operations more.`
      : '',
  ]
    .filter(Boolean)
    .join(' ')
}

function swatch({ look, isMain }: { readonly look: Look; readonly isMain: boolean }): Markup {
  const colour = COLOURS[look.colour]
  return markup`<svg viewBox="0 0 44 16" width="44" height="16" aria-hidden="true"><path d="M1 8H43" fill="none" stroke="${colour}" stroke-width="${isMain ? 2.5 : 1.75}" stroke-dasharray="${look.dash}"/><path transform="translate(22 8)" d="${markerPath(look, 56)}" fill="${colour}" stroke="${COLOURS.paper}"/></svg>`
}

const slopeSwatch = markup`<svg viewBox="0 0 44 16" width="44" height="16" aria-hidden="true"><path d="M2 14 42 2" fill="none" stroke="${COLOURS.ink}" ${DOTS}/></svg>`

function slopeText({ components: [first] }: ReportData, metric: Metric, threshold: number): string {
  const unit = first?.growth.unit.endsWith('second') === true ? 'second' : 'operation'
  const amount = COUNTED.has(metric) ? String(Number(threshold.toPrecision(2))) : formatBytes(threshold)
  return `as steep as the threshold: ${amount} per ${unit}`
}

function readingsTable(
  groups: readonly GroupReadings[],
  data: ReportData,
  metric: Metric,
  write: (amount: number) => string,
): Markup {
  const readings = groups.flatMap(group => group.readings).sort((a, b) => a.trial.id - b.trial.id)
  const steps = [...new Set(readings.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b)
  return dataTable(
    `${metricName(metric)} beyond the first reading, by operations performed`,
    [
      { heading: 'trial', holds: 'amounts' },
      { heading: 'with' },
      ...steps.map(step => ({ heading: formatNumber(step), holds: 'amounts' as const })),
    ],
    readings.map(({ trial, points }) => [
      String(trial.id),
      setName(trial, data),
      ...steps.map(step => {
        const point = points.find(({ x }) => x === step)
        return point === undefined ? '' : `${write(point.y)}${point.mark === 'failed' ? ', the last' : ''}`
      }),
    ]),
  )
}

/** A trial with its readings of one metric, each less the first. */
interface TrialReadings {
  readonly trial: TrialRecord
  readonly points: readonly ChartPoint[]
}

/** Trials that are drawn alike, with their readings; those without any are left out of `readings`. */
interface GroupReadings extends TrialGroup {
  readonly readings: readonly TrialReadings[]
}

/** Readings of one metric in every trial, by group. */
function readingsOf(data: ReportData, metric: Metric): readonly GroupReadings[] {
  return trialGroups(data, metric).map(group => ({
    ...group,
    readings: group.trials
      .map(trial => ({ trial, points: pointsOf(trial, data, metric) }))
      .filter(({ points }) => points.length > 0),
  }))
}

/** A line a trial; the first of a group carries its name. */
function memoryLines(groups: readonly GroupReadings[]): readonly ChartLine[] {
  return groups.flatMap(({ name, look, isMain, readings }) =>
    readings.map(({ points }, index) => ({ name: index === 0 ? name : '', look, isMain, points })),
  )
}

function pointsOf(trial: TrialRecord, { trials }: ReportData, metric: Metric): readonly ChartPoint[] {
  const rest = trials.find(({ purpose, continues }) => purpose === 'retention' && continues === trial.id)
  const samples = [...trial.samples, ...(rest?.samples.filter(({ kind }) => kind === 'retained') ?? [])]
  const readings = samples.flatMap(sample => {
    const value = sample.values[metric]
    return typeof value === 'number' ? [{ sample, value }] : []
  })
  const first = readings[0]?.value ?? 0
  const hasFailed = trial.outcome.kind !== 'completed'
  return readings.map(({ sample, value }, index) => ({
    x: sample.operations,
    y: value - first,
    ...markOf(sample, hasFailed && index === readings.length - 1),
  }))
}

function markOf({ kind }: Sample, isEnd: boolean): Pick<ChartPoint, 'mark'> {
  if (isEnd) return { mark: 'failed' }
  return kind === 'retained' ? { mark: 'later' } : {}
}
