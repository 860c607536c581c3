import { byteUnit, formatNumber } from '../format/bytes.js'

/** Texts of the ticks of an axis, in the order of the values. */
export type TickTexts = (values: readonly number[]) => readonly string[]

/** Ticks of an axis of bytes, all in the unit of the largest: `0`, `0.5 MB`, `1 MB`. */
export const byteTicks: TickTexts = values => {
  const unit = byteUnit(Math.max(0, ...values.map(Math.abs)))
  return values.map(value => (value === 0 ? '0' : `${formatNumber(value / unit.bytes, 3)} ${unit.name}`))
}

/** Ticks of an axis of counts: `0`, `5,000`, `0.002`. */
export const countTicks: TickTexts = values => values.map(value => formatNumber(value, 6))
