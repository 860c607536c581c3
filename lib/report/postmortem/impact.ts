import { boundsOf } from '../../decide/growth/thresholds.js'
import { code, markdownTable, prose } from '../markdown/markdown-text.js'
import { formatBytes, formatDuration, formatNumber } from '../format/bytes.js'
import { growthText, isBytes, isLowerBound, metricName, perWhat } from '../format/growth.js'
import { confidence, highestHeapBound } from '../text/verdict-lines.js'
import type { Culprit, Growth, Metric, ReportData } from '../../types/index.js'
import { subjectOf } from './detection.js'
import { type PostmortemOptions, type MemoryRoom, memoryRoom } from './types.js'

/** Where nobody said it. */
export const DEFAULT_RATE = 100

/** What the growth amounts to, with its interval. */
export function impactLines(data: ReportData, options: PostmortemOptions): string[] {
  const rows = data.culprits.flatMap(culprit => culpritRows(culprit, data, options))
  const bound = data.culprits.length === 0 ? boundRows(data, options) : []
  const all = [...rows, ...bound]
  if (all.length === 0) return ['No figure of this run bounds the growth: too few trials were completed.']
  return [
    ...markdownTable(['', 'estimate', `${confidence(data)} interval`], all),
    '',
    ...notes(data, options).map(note => `- ${note}`),
  ]
}

function culpritRows(culprit: Culprit, data: ReportData, options: PostmortemOptions): string[][] {
  const who = data.culprits.length > 1 ? `${prose(subjectOf(culprit, data))}, ` : ''
  const { metric, growth } = culprit
  return [
    growthRow(`${who}${metricName(metric)} per ${perWhat(growth)}`, growth),
    ...overTime(who, metric, growth, {
      rate: rateOf(options),
      room: memoryRoom(data, culprit, options),
    }),
    ...culprit.alsoGrows.map(also =>
      growthRow(`${who}also ${metricName(also.metric)} per ${perWhat(also.growth)}`, also.growth),
    ),
  ]
}

/** Of a run that accused nobody: what may remain. */
function boundRows(data: ReportData, options: PostmortemOptions): string[][] {
  const bound = highestHeapBound(data)
  if (bound === null) return []
  const who = `${prose(bound.kind === 'application' ? 'the application' : bound.name)}, `
  const room = memoryRoom(
    data,
    { agents: bound.kind === 'agent' ? [bound.name] : [], metric: 'heap' },
    options,
  )
  return [
    growthRow(`${who}heap per ${perWhat(bound.growth)}`, bound.growth),
    ...overTime(who, 'heap', bound.growth, { rate: rateOf(options), room }),
  ]
}

function overTime(
  who: string,
  metric: Metric,
  growth: Growth,
  { rate, room }: { readonly rate: number; readonly room: MemoryRoom | null },
): string[][] {
  const at = perWhat(growth) === 'second' ? '' : ` at ${formatNumber(rate, 2)} operations a second`
  const daily = growthRow(`${who}${metricName(metric)} per day${at}`, perDay(growth, rate), growth)
  if (room === null || !isBytes(growth)) return [daily]
  const times = timeToLimit(perSecond(growth, rate), room.limitBytes - room.startBytes)
  const [estimate, interval] = timeTexts(times, growth)
  return [
    daily,
    [`${who}until ${room.limitName} of ${formatBytes(room.limitBytes)} is reached${at}`, estimate, interval],
  ]
}

/** @param of the growth that it was computed from, which tells whether it is known from one side only */
function growthRow(name: string, growth: Growth, of: Growth = growth): string[] {
  const { amount, interval } = growthText(growth)
  const unknown = isLowerBound(of) ? 'no upper end: it ran out of memory' : 'too few trials for one'
  return [name, amount, interval === '' ? unknown : interval]
}

/** Estimate and interval of a time; growth that may be none has no latest time. */
function timeTexts(times: TimeToLimit, growth: Growth): readonly [string, string] {
  const { estimateMs, earliestMs, latestMs } = times
  if (isLowerBound(growth))
    return [estimateMs === null ? 'unknown' : `at most ${formatDuration(estimateMs)}`, '']
  const estimate = estimateMs === null ? 'not by growth like that' : `about ${formatDuration(estimateMs)}`
  if (!Number.isFinite(growth.high)) return [estimate, 'too few trials for one']
  if (earliestMs === null) return ['not reached', 'not reached: nothing grows']
  const from = formatDuration(earliestMs)
  return [
    estimate,
    latestMs === null ? `at least ${from}, or never` : `${from} to ${formatDuration(latestMs)}`,
  ]
}

function rateOf({ operationsPerSecond = DEFAULT_RATE }: PostmortemOptions): number {
  return operationsPerSecond
}

function notes(data: ReportData, options: PostmortemOptions): string[] {
  const [culprit] = data.culprits
  const room = memoryRoom(data, culprit ?? { agents: [], metric: 'heap' }, options)
  const growth = culprit?.growth ?? data.components[0]?.growth
  const bySecond = growth !== undefined && perWhat(growth) === 'second'
  return [
    ...(bySecond || options.operationsPerSecond !== undefined
      ? []
      : [
          `The rate of ${formatNumber(DEFAULT_RATE)} operations a second is assumed. **What was the rate in production?** (${code('--rate')})`,
        ]),
    ...(room === null
      ? []
      : [`Times are counted from ${formatBytes(room.startBytes)}, ${room.startName}, at an even rate.`]),
    ...(room === null && culprit !== undefined && isBytes(culprit.growth)
      ? [
          `V8's heap limit does not hold ${metricName(culprit.metric)}. **What may the process take?** (${code('--memory-limit')})`,
        ]
      : []),
    'Only processes with the same workload as the trials grow like that.',
  ]
}

/** An amount with its interval; bounds may be infinite. */
interface Range {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/** When a limit is reached, ms; `null`: not by growth like that. */
interface TimeToLimit {
  readonly estimateMs: number | null
  /** At the upper end of growth. */
  readonly earliestMs: number | null
  /** At the lower end of growth; `null` also where that is no growth at all. */
  readonly latestMs: number | null
}

const SECONDS_PER_DAY = 86_400

/** Growth a second, at a rate of operations. */
export function perSecond(growth: Growth, operationsPerSecond: number): Range {
  const rate = perWhat(growth) === 'second' ? 1 : operationsPerSecond
  const { low, high } = boundsOf(growth)
  return { estimate: growth.estimate * rate, low: low * rate, high: high * rate }
}

/** Growth a day, in the form that growth is written in. */
export function perDay(growth: Growth, operationsPerSecond: number): Growth {
  const { estimate, low, high } = perSecond(growth, operationsPerSecond)
  const unit = isBytes(growth) ? 'bytes/second' : 'count/second'
  const bound = (amount: number): number | null => (Number.isFinite(amount) ? amount * SECONDS_PER_DAY : null)
  return { estimate: estimate * SECONDS_PER_DAY, low: bound(low), high: bound(high), unit }
}

/** How long it takes to fill the room between what is taken at first and a limit. */
export function timeToLimit(rate: Range, roomBytes: number): TimeToLimit {
  const time = (bytesPerSecond: number): number | null =>
    bytesPerSecond > 0 && Number.isFinite(bytesPerSecond)
      ? (Math.max(0, roomBytes) / bytesPerSecond) * 1000
      : null
  return { estimateMs: time(rate.estimate), earliestMs: time(rate.high), latestMs: time(rate.low) }
}
