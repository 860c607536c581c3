import { checkName } from '../../options/check/check-text.js'
import { checkNames } from '../../options/check/check-names.js'
import { checkObject } from '../../options/check/check-object.js'
import type { IdleOptions, IdleWorkload } from '../../types/workload.js'

/**
 * No workload: the application is left alone, and an operation is one second. Finds what grows with time.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function idle(options: IdleOptions = {}): IdleWorkload {
  const given = checkObject('idle(): options', options)
  checkNames('idle()', given, ['description'])
  const description =
    given.description === undefined ? 'idle' : checkName('idle(): description', given.description)
  return Object.freeze({ kind: 'idle', description })
}
