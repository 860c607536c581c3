import * as v from 'valibot'
import { nonEmpty } from '../../options/check/fields.js'
import { optionsOf, parse } from '../../options/check/parse.js'
import { checkObject } from '../../options/check/check-object.js'
import type { IdleOptions, IdleWorkload } from '../../types/workload.js'

const IDLE = optionsOf({ description: v.optional(nonEmpty, 'idle') })

/**
 * No workload: the application is left alone, and an operation is one second. Finds what grows with time.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function idle(options: IdleOptions = {}): IdleWorkload {
  const { description } = parse(IDLE, checkObject('idle(): options', options), 'idle(): ')
  return Object.freeze({ kind: 'idle', description })
}
