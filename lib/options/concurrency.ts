import { availableParallelism } from 'node:os'
import { checkNumber } from './check/check-number.js'
import type { ResolvedAgent, ResolvedEntry, ResolvedOptions } from './resolved.js'
import type { NamedWorkload } from '../types/workload.js'

const MOST = 64
/** The first look at one agent has five trials. */
const DEFAULT = 6

type Concurrency = Pick<ResolvedOptions, 'concurrency' | 'concurrencyIsDefault' | 'loadsAtATime'>

/** Two of one sidecar, or on one port, would take it from each other, so that by default no trial runs beside another. */
export function withSidecars(
  settings: Concurrency,
  agents: readonly ResolvedAgent[],
  { port }: Pick<ResolvedEntry, 'port'>,
): Concurrency {
  const { concurrency, concurrencyIsDefault, loadsAtATime } = settings
  const alone = concurrencyIsDefault && (port !== null || agents.some(({ sidecar }) => sidecar !== null))
  return alone
    ? { concurrency: 1, concurrencyIsDefault, loadsAtATime: 1 }
    : { concurrency, concurrencyIsDefault, loadsAtATime }
}

/**
 * How many applications run at a time, and how many of them under load. A caller's function may keep state between its
 * rounds, so it is not called for two applications at a time unless the caller says so.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function resolveConcurrency(value: unknown, { kind }: NamedWorkload): Concurrency {
  const cpus = availableParallelism()
  const byDefault = kind === 'function' ? 1 : Math.min(DEFAULT, 2 * cpus + 1)
  const concurrency =
    value === undefined ? byDefault : checkNumber('concurrency', value, { min: 1, max: MOST, integer: true })
  return {
    concurrency,
    concurrencyIsDefault: value === undefined,
    loadsAtATime: Math.min(concurrency, Math.max(1, cpus)),
  }
}
