import { checkNumber } from './check/check-number.js'
import type { Warning } from '../types/index.js'
import { effortDefaults } from './effort.js'
import type { NamedWorkload } from '../types/workload.js'

const MAX_OPERATIONS = 1_000_000_000
const MIN_OPERATIONS = 64
const MIN_SECONDS = 8
// Readings stand at eighths of the series.
const PARTS = 8

/**
 * Operations a trial, rounded up to a multiple of 8.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function resolveOperations(value: unknown, byEffort: number, { kind }: NamedWorkload): number {
  if (value === undefined) return byEffort
  const isIdle = kind === 'idle'
  const operations = checkNumber(isIdle ? 'operations (seconds)' : 'operations', value, {
    min: isIdle ? MIN_SECONDS : MIN_OPERATIONS,
    max: MAX_OPERATIONS,
    integer: true,
  })
  return Math.ceil(operations / PARTS) * PARTS
}

/**
 * Warns when a leak of the threshold's size would add less than half of what the efforts plan with: the smaller the
 * sum, the less it stands out from the noise of the readings.
 */
export function fewOperationsWarning(
  operations: number,
  threshold: number,
  workload: NamedWorkload,
): Warning[] {
  const planned = effortDefaults('standard', workload)
  const enough = (planned.operations * planned.threshold) / 2
  if (operations * threshold >= enough) return []
  const unit = workload.kind === 'idle' ? 'seconds' : 'operations'
  const wanted = Math.ceil(enough / threshold / PARTS) * PARTS
  return [
    {
      code: 'FEW_OPERATIONS',
      message:
        `${operations} ${unit} are few for a threshold of ${round(threshold)} bytes: the answer may well be ` +
        `inconclusive. Use ${wanted} or more, or a threshold of ${round(enough / operations)} or more.`,
      downgrades: false,
    },
  ]
}

function round(bytes: number): number {
  return Number(bytes.toPrecision(3))
}
