import { isPlainObject } from './check/check-object.js'
import type { ReportedVariables } from '../types/index.js'

/** Names of variables; values are kept where they are placeholders alone. */
export function variablesAsGiven(env: unknown): ReportedVariables {
  const entries = Object.entries(isPlainObject(env) ? env : {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const isPlaceholder = (value: unknown): value is string =>
    typeof value === 'string' && /^(?:\{collector(?:\.\w+)?\})+$/.test(value)
  return {
    set: entries.flatMap(([name, value]) => (value === undefined || isPlaceholder(value) ? [] : [name])),
    unset: entries.flatMap(([name, value]) => (value === undefined ? [name] : [])),
    placeholders: Object.fromEntries(
      entries.filter((entry): entry is [string, string] => isPlaceholder(entry[1])),
    ),
  }
}
