import { IsolateLeakError } from '../errors.js'
import type { IsolateLeakOptions } from '../options/types.js'
import { http } from '../trial/workload/http.js'
import { idle } from '../trial/workload/idle.js'
import { inApp } from '../trial/workload/in-app.js'
import type { Workload } from '../types/workload.js'

/**
 * Options from a JSON config: the same names, with the workload as `{ "http": {} }`, `{ "inApp": "path" }` or
 * `{ "idle": {} }`.
 * @throws IsolateLeakError `ERR_CONFIG` when the workload is none of them, `ERR_OPTION_INVALID` from the workload
 */
export function jsonOptions(config: Readonly<Record<string, unknown>>): IsolateLeakOptions {
  // everything else is checked where options of every origin are
  return { ...config, workload: jsonWorkload(config.workload) } as unknown as IsolateLeakOptions
}

function jsonWorkload(value: unknown): Workload {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const [entry] = entries
  if (entry !== undefined && entries.length === 1) {
    const [kind, options] = entry as [string, never]
    if (kind === 'http') return http(options)
    if (kind === 'inApp') return inApp(options)
    if (kind === 'idle') return idle(options)
  }
  throw new IsolateLeakError(
    'ERR_CONFIG',
    'the workload of a JSON config must be { "http": {...} }, { "inApp": "./operation.js" } or { "idle": {} }, ' +
      `got ${value === undefined ? 'none' : JSON.stringify(value)}`,
  )
}
