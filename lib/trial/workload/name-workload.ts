import { isPlainObject, showValue, invalidOption } from '../../options/check/check-object.js'
import { command } from './command.js'
import { http } from './http.js'
import { idle } from './idle.js'
import { inApp } from './in-app.js'
import type { CommandOptions, HttpOptions, WorkloadFunction, NamedWorkload } from '../../types/workload.js'

const MOST_KEYS = 5
const WANTED = 'workload must be a function, or the value of http(), command(), inApp() or idle()'

/**
 * The workload with its kind. Values are validated again, since they may have been made by hand or by another copy
 * of the library.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function nameWorkload(workload: unknown): NamedWorkload {
  if (typeof workload === 'function') {
    for (const maker of [http, command, inApp, idle]) {
      if (workload === maker) throw invalidOption(`${WANTED}: ${maker.name} must be called`)
    }
    const run = workload as WorkloadFunction
    const description = run.name === '' ? 'a workload function' : `the workload function ${run.name}`
    return Object.freeze({ kind: 'function', description, run })
  }
  if (!isPlainObject(workload)) throw invalidOption(`${WANTED}, got ${showValue(workload)}`)
  const { kind, description, options, module, args } = workload
  switch (kind) {
    case 'http':
      return http(options as HttpOptions)
    case 'command':
      return command(args as string[], {
        ...(options as CommandOptions),
        description: description as string,
      })
    case 'in-app':
      return inApp(module as string, { description: description as string })
    case 'idle':
      return idle({ description: description as string })
    default:
      throw invalidOption(
        kind === undefined
          ? `${WANTED}, got ${shown(workload)}`
          : `${WANTED}, got an object of kind ${showValue(kind)}`,
      )
  }
}

/** Without the maker around them, the options of http() are the ones that are written. */
function shown(workload: Readonly<Record<string, unknown>>): string {
  const [name, ...others] = Object.keys(workload)
  if (name === undefined) return 'an object without any'
  const keys = [name, ...others].slice(0, MOST_KEYS).join(', ')
  const meant = ['path', 'method', 'requests', 'connections'].find(key => key in workload)
  return `an object with ${keys}${meant === undefined ? '' : `: write http({ ${meant}: … })`}`
}

/** Short text for the report. */
export function describeWorkload(workload: NamedWorkload): string {
  return workload.description
}
