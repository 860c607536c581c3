import type { NamedWorkload, ResolvedOptions } from './resolved.js'

/** What an effort sets where the caller does not. */
export interface EffortDefaults {
  /** Bytes per operation. */
  readonly threshold: number
  readonly operations: number
  readonly retentionMs: number
}

type Effort = ResolvedOptions['effort']

export const EFFORTS: readonly Effort[] = ['quick', 'standard', 'thorough']

const LOADED: Readonly<Record<Effort, EffortDefaults>> = {
  quick: { threshold: 64, operations: 5_120, retentionMs: 20_000 },
  standard: { threshold: 16, operations: 20_480, retentionMs: 60_000 },
  thorough: { threshold: 4, operations: 81_920, retentionMs: 180_000 },
}

/** An operation is a second, and being idle needs no further idle wait. */
const IDLE: Readonly<Record<Effort, EffortDefaults>> = {
  quick: { threshold: 4_096, operations: 30, retentionMs: 0 },
  standard: { threshold: 1_024, operations: 120, retentionMs: 0 },
  thorough: { threshold: 256, operations: 600, retentionMs: 0 },
}

export function effortDefaults(effort: Effort, { kind }: NamedWorkload): EffortDefaults {
  return (kind === 'idle' ? IDLE : LOADED)[effort]
}
