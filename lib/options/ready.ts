import { types } from 'node:util'
import { invalidOption } from './check/invalid-option.js'
import { showValue } from './check/show-value.js'
import type { ResolvedReady } from './resolved.js'
import type { NamedWorkload } from '../types/workload.js'
import type { ReadyContext } from './types.js'

/**
 * When the workload may start. By default as soon as the application listens, and for workloads that need no server
 * as soon as it runs.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function resolveReady(value: unknown, workload: NamedWorkload): ResolvedReady {
  if (value === undefined) return { kind: needsServer(workload) ? 'listening' : 'running' }
  if (value === 'listening' || value === 'running') return { kind: value }
  // With g or y a RegExp goes on from its last match and would miss every second line.
  if (types.isRegExp(value)) {
    return { kind: 'output', pattern: new RegExp(value.source, value.flags.replaceAll(/[gy]/g, '')) }
  }
  if (typeof value === 'function')
    return { kind: 'function', check: value as (context: ReadyContext) => unknown }
  throw invalidOption(
    `entry.ready must be 'listening', 'running', a RegExp for a line of output or a function, got ${showValue(value)}`,
  )
}

function needsServer({ kind }: NamedWorkload): boolean {
  return kind === 'http' || kind === 'function'
}
