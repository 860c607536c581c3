import { showValue, invalidOption } from './check-object.js'

/** Longest time that a timer of Node takes. */
export const MAX_TIMER_MS = 2_147_483_647

export interface NumberRange {
  readonly min?: number
  readonly max?: number
  /** Excludes `min` itself. */
  readonly above?: boolean
  readonly integer?: boolean
}

/**
 * The value as a number of the range.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function checkNumber(name: string, value: unknown, range: NumberRange = {}): number {
  const { min = -Infinity, max = Infinity, above = false, integer = false } = range
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (above ? value > min : value >= min) &&
    value <= max &&
    (!integer || Number.isSafeInteger(value))
  if (fits) return value
  const bounds = [
    ...(min === -Infinity ? [] : [above ? `greater than ${min}` : `at least ${min}`]),
    ...(max === Infinity ? [] : [`at most ${max}`]),
  ].join(' and ')
  const wanted = `${integer ? 'a whole number' : 'a number'}${bounds === '' ? '' : `, ${bounds}`}`
  throw invalidOption(`${name} must be ${wanted}, got ${showValue(value)}`)
}

/** A duration in ms, from 0 or above it, that a timer can wait for. */
export function checkDurationMs(name: string, value: unknown, above: boolean = true): number {
  return checkNumber(name, value, { min: 0, max: MAX_TIMER_MS, above })
}
