import { invalidOption } from './check/check-object.js'
import type { ResolvedAgent, ResolvedEntry, ResolvedOptions } from './resolved.js'
import type { NamedWorkload } from '../types/workload.js'
import type { Timing } from './timing.js'
import { availableParallelism } from 'node:os'

const TRIAL_TIMEOUT_MS = 600_000

/**
 * The limit on one trial. One that is idle for long by itself gets longer, unless the caller sets a limit.
 *
 * @param operations as resolved: the seconds of an idle trial
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, also where no trial could end within its limit
 */
export function resolveTrialTimeout(
  given: number | undefined,
  { retentionMs }: Pick<Timing, 'retentionMs'>,
  workload: NamedWorkload,
  operations: number,
): number {
  const idleMs = retentionMs + (workload.kind === 'idle' ? operations * 1000 : 0)
  const trialTimeoutMs = given ?? TRIAL_TIMEOUT_MS + idleMs
  if (trialTimeoutMs <= idleMs) {
    throw invalidOption(
      `trialTimeoutMs must be greater than the ${idleMs} ms that a trial waits idle, got ${trialTimeoutMs}`,
    )
  }
  return trialTimeoutMs
}

/** The first look at one agent has five trials. */
const DEFAULT = 6

type Concurrency = Pick<ResolvedOptions, 'concurrency' | 'concurrencyIsDefault' | 'loadsAtATime'>

/** Two of one sidecar, or on one port, would take it from each other, so that by default no trial runs beside another. */
export function withSidecars(
  settings: Concurrency,
  agents: readonly ResolvedAgent[],
  { port }: Pick<ResolvedEntry, 'port'>,
  workload: NamedWorkload,
): Concurrency {
  const { concurrency, concurrencyIsDefault, loadsAtATime } = settings
  // A server takes the file away from the one before it, which is then asked nothing, and nobody notices.
  const isOneFile = workload.kind === 'http' && workload.options.socketPath !== undefined
  const mayCollide = port !== null || agents.some(({ sidecar }) => sidecar !== null)
  const alone = isOneFile || (concurrencyIsDefault && mayCollide)
  return alone
    ? { concurrency: 1, concurrencyIsDefault, loadsAtATime: 1 }
    : { concurrency, concurrencyIsDefault, loadsAtATime }
}

/**
 * How many applications run at a time, and how many of them under load. A caller's function may keep state between its
 * rounds, so it is not called for two applications at a time unless the caller says so.
 */
export function resolveConcurrency(value: number | undefined, { kind }: NamedWorkload): Concurrency {
  const cpus = availableParallelism()
  const byDefault = kind === 'function' ? 1 : Math.min(DEFAULT, 2 * cpus + 1)
  const concurrency = value ?? byDefault
  return {
    concurrency,
    concurrencyIsDefault: value === undefined,
    // A load generator takes a processor of its own.
    loadsAtATime: Math.min(concurrency, Math.max(1, Math.floor(kind === 'command' ? cpus / 2 : cpus))),
  }
}
