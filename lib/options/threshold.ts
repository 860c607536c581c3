import { checkNames } from './check/check-names.js'
import { checkNumber } from './check/check-number.js'
import { isPlainObject } from './check/check-object.js'
import { invalidOption } from './check/invalid-option.js'
import { showValue } from './check/show-value.js'
import type { NamedWorkload } from '../types/workload.js'

const SECONDS_PER_DAY = 86_400

/**
 * Smallest growth that counts as a leak, bytes per operation.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function resolveThreshold(value: unknown, byEffort: number, { kind }: NamedWorkload): number {
  if (value === undefined) return byEffort
  if (typeof value === 'number') return checkNumber('threshold', value, { min: 0, above: true })
  if (!isPlainObject(value)) {
    throw invalidOption(
      `threshold must be a number of bytes per operation or { bytesPerDay, operationsPerSecond }, got ${showValue(value)}`,
    )
  }
  checkNames('threshold', value, ['bytesPerDay', 'operationsPerSecond'])
  const bytesPerDay = checkNumber('threshold.bytesPerDay', value.bytesPerDay, { min: 0, above: true })
  const perSecond = checkNumber('threshold.operationsPerSecond', value.operationsPerSecond, {
    min: 0,
    above: true,
  })
  if (kind === 'idle' && perSecond !== 1) {
    throw invalidOption(
      'threshold.operationsPerSecond must be 1 for an idle workload: an operation is a second',
    )
  }
  return bytesPerDay / (perSecond * SECONDS_PER_DAY)
}
