import { IsolateLeakError } from '../../errors.js'

/** An option that cannot be used as it was given. */
export function invalidOption(message: string, options?: ErrorOptions): IsolateLeakError {
  return new IsolateLeakError('ERR_OPTION_INVALID', message, options)
}
