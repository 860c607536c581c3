import { invalidOption } from './invalid-option.js'
import { showValue } from './show-value.js'

/**
 * The value as a plain object, also one of another realm (test runners run in one).
 * @throws IsolateLeakError `ERR_OPTION_INVALID` naming it as `name`
 */
export function checkObject(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (isPlainObject(value)) return value
  throw invalidOption(`${name} must be an object, got ${showValue(value)}`)
}

/** Whether it is an object that holds options: no array, no function, no instance of a built-in class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]'
}
