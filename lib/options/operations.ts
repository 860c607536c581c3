import { numberIn } from './check/fields.js'
import { optionsOf, parse } from './check/parse.js'
import type { RunWarning } from '../types/index.js'
import type { NamedWorkload } from '../types/workload.js'
import { isPlainObject, showValue, invalidOption } from './check/check-object.js'
import type { ResolvedOptions } from './resolved.js'

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
  const wanted = numberIn({ min: isIdle ? MIN_SECONDS : MIN_OPERATIONS, max: MAX_OPERATIONS, integer: true })
  const operations = parse(wanted, value, isIdle ? 'operations (seconds)' : 'operations')
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
): RunWarning[] {
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

const SECONDS_PER_DAY = 86_400

const aboveZero = numberIn({ min: 0, above: true })
const PER_DAY = optionsOf({ bytesPerDay: aboveZero, operationsPerSecond: aboveZero })

/**
 * Smallest growth that counts as a leak, bytes per operation.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function resolveThreshold(value: unknown, byEffort: number, { kind }: NamedWorkload): number {
  if (value === undefined) return byEffort
  if (typeof value === 'number') return parse(aboveZero, value, 'threshold')
  if (!isPlainObject(value)) {
    throw invalidOption(
      `threshold must be a number of bytes per operation or { bytesPerDay, operationsPerSecond }, got ${showValue(value)}`,
    )
  }
  const { bytesPerDay, operationsPerSecond: perSecond } = parse(PER_DAY, value, 'threshold')
  if (kind === 'idle' && perSecond !== 1) {
    throw invalidOption(
      'threshold.operationsPerSecond must be 1 for an idle workload: an operation is a second',
    )
  }
  return bytesPerDay / (perSecond * SECONDS_PER_DAY)
}

/** What an effort sets where the caller does not. */
interface EffortDefaults {
  /** Bytes per operation. */
  readonly threshold: number
  readonly operations: number
}

type Effort = ResolvedOptions['effort']

const LOADED: Readonly<Record<Effort, EffortDefaults>> = {
  quick: { threshold: 64, operations: 5_120 },
  standard: { threshold: 16, operations: 20_480 },
  thorough: { threshold: 4, operations: 81_920 },
}

/** An operation is a second. */
const IDLE: Readonly<Record<Effort, EffortDefaults>> = {
  quick: { threshold: 4_096, operations: 30 },
  standard: { threshold: 1_024, operations: 120 },
  thorough: { threshold: 256, operations: 600 },
}

export function effortDefaults(effort: Effort, { kind }: NamedWorkload): EffortDefaults {
  return (kind === 'idle' ? IDLE : LOADED)[effort]
}
