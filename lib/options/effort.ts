import type { ResolvedOptions } from './resolved.js'
import type { NamedWorkload } from '../types/workload.js'

/** What an effort sets where the caller does not. */
export interface EffortDefaults {
  /** Bytes per operation. */
  readonly threshold: number
  readonly operations: number
}

type Effort = ResolvedOptions['effort']

export const EFFORTS: readonly Effort[] = ['quick', 'standard', 'thorough']

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
