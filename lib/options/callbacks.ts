import { showValue, invalidOption } from './check/check-object.js'
import type { ResolvedOptions } from './resolved.js'

/** A signal, also one of another realm. @throws IsolateLeakError `ERR_OPTION_INVALID` */
export function resolveSignal(value: unknown): AbortSignal | null {
  if (value === undefined) return null
  if (Object.prototype.toString.call(value) === '[object AbortSignal]') return value as AbortSignal
  const hint =
    Object.prototype.toString.call(value) === '[object AbortController]' ? ' (give its signal property)' : ''
  throw invalidOption(`signal must be an AbortSignal, got ${showValue(value)}${hint}`)
}

/** Does nothing by default. @throws IsolateLeakError `ERR_OPTION_INVALID` */
export function resolveOnEvent(value: unknown): ResolvedOptions['onEvent'] {
  if (value === undefined) return () => undefined
  if (typeof value === 'function') return value as ResolvedOptions['onEvent']
  throw invalidOption(`onEvent must be a function, got ${showValue(value)}`)
}
