import { invalidOption } from './check/invalid-option.js'
import { showValue } from './check/show-value.js'

/**
 * Whether to go on with what is in `outDir`.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, also where there is no `outDir`
 */
export function resolveResume(value: unknown, outDir: string | null): boolean {
  if (value === undefined || value === false) return false
  if (value !== true) throw invalidOption(`resume must be true or false, got ${showValue(value)}`)
  if (outDir === null) throw invalidOption('resume must come with an outDir to go on from, got none')
  return true
}
