import { formatDuration } from '../format/duration.js'
import { isBytes } from '../format/metric-names.js'
import type { Culprit, ReportData } from '../../types/index.js'
import { memoryRoom } from './memory-room.js'
import { DEFAULT_RATE } from './impact.js'
import { perSecond, timeToLimit } from './over-time.js'
import type { PostmortemOptions } from './types.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Load comes in peaks, and the limit is not the point to be at. */
const SHARE_OF_TIME = 0.8
/** Rarer restarts come with deployments. */
const MOST_DAYS = 90

/**
 * How often to restart while it leaks: four fifths of the time that the upper end of growth leaves until the limit.
 * `null`: the run bounds none.
 */
export function restartEveryMs(
  culprit: Culprit,
  data: ReportData,
  options: PostmortemOptions,
): number | null {
  const room = memoryRoom(data, culprit, options)
  if (room === null || !isBytes(culprit.growth)) return null
  const rate = perSecond(culprit.growth, options.operationsPerSecond ?? DEFAULT_RATE)
  const { earliestMs } = timeToLimit(rate, room.limitBytes - room.startBytes)
  return earliestMs === null ? null : roundedDown(earliestMs * SHARE_OF_TIME)
}

/** The sentence for people. */
export function restartSentence(culprit: Culprit, data: ReportData, options: PostmortemOptions): string {
  const everyMs = restartEveryMs(culprit, data, options)
  if (everyMs === null) {
    return 'Until then restart processes in time; how often, this run does not bound. What is the limit, and how fast is it reached in production?'
  }
  const basis = `four fifths of the time that the upper end of growth leaves${options.operationsPerSecond === undefined ? `, at an assumed ${String(DEFAULT_RATE)} operations a second` : ''}`
  return everyMs >= MOST_DAYS * DAY_MS
    ? `A restart with every deployment is enough: ${formatDuration(everyMs)} are ${basis}.`
    : `Until then restart every process at least every ${formatDuration(everyMs)} (${basis}).`
}

/** To whole days, hours or minutes, whichever are at least two; below that to seconds. */
function roundedDown(ms: number): number {
  const unit = [DAY_MS, HOUR_MS, MINUTE_MS].find(one => ms >= 2 * one) ?? 1000
  return Math.floor(ms / unit) * unit
}
