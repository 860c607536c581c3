import { IsolateLeakError } from '../../errors.js'

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

/** Whether a value is an object with named fields, and not a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const MAX_CHARACTERS = 60

/** A value as it is named in a message: short, and without the contents of objects. */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return String(value)
}

function quoted(text: string): string {
  return `'${text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text}'`
}

/** An option that cannot be used as it was given. */
export function invalidOption(message: string, options?: ErrorOptions): IsolateLeakError {
  return new IsolateLeakError('ERR_OPTION_INVALID', message, options)
}
