import { isBytes, perWhat } from '../format/metric-names.js'
import type { Growth } from '../../types/index.js'

/** An amount with its interval; bounds may be infinite. */
export interface Range {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/** When a limit is reached, ms; `null`: not by growth like that. */
export interface TimeToLimit {
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
  return { estimate: growth.estimate * rate, low: growth.low * rate, high: growth.high * rate }
}

/** Growth a day, in the form that growth is written in. */
export function perDay(growth: Growth, operationsPerSecond: number): Growth {
  const { estimate, low, high } = perSecond(growth, operationsPerSecond)
  const [a, b, c] = [estimate, low, high].map(amount => amount * SECONDS_PER_DAY)
  const unit = isBytes(growth) ? 'bytes/second' : 'count/second'
  return { estimate: a ?? NaN, low: b ?? -Infinity, high: c ?? Infinity, unit }
}

/** How long it takes to fill the room between what is taken at first and a limit. */
export function timeToLimit(rate: Range, roomBytes: number): TimeToLimit {
  const time = (bytesPerSecond: number): number | null =>
    bytesPerSecond > 0 && Number.isFinite(bytesPerSecond)
      ? (Math.max(0, roomBytes) / bytesPerSecond) * 1000
      : null
  return { estimateMs: time(rate.estimate), earliestMs: time(rate.high), latestMs: time(rate.low) }
}
