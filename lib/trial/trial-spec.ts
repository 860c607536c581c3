import { launchSpecFor, launchedAgents } from './launch-spec.js'
import type { ResolvedOptions } from '../options/resolved.js'
import { gridFor } from '../decide/growth/trial-growth.js'
import type { PlannedTrial } from '../types/index.js'
import { commandPlan } from './workload/command-plan.js'
import { httpPlan } from './workload/http-plan.js'
import { hasReceipts } from './trial-collectors.js'
import type { EvidenceSpec, RetentionSpec, SettleSpec, TrialSpec, WorkloadSpec } from './types.js'

/** How long a collection may wait for a busy main thread before the application counts as hung. */
const COLLECT_TIMEOUT_MS = 30_000
/** Share of the series that a retention trial performs again after its wait. */
const RETENTION_SHARE = 8

/** What the host is told to do for one planned trial. */
export function trialSpec(
  planned: PlannedTrial,
  options: ResolvedOptions,
  baseEnv: Readonly<Record<string, string>>,
  known: {
    readonly holdMs: number | null
    readonly park: boolean
    /** Whether it is the first of its variant, which tells what agents have brought. */
    readonly isFirst?: boolean
    readonly evidence?: EvidenceSpec
  },
): TrialSpec {
  const agents = launchedAgents(options, planned.agents)
  const { ready } = options.entry
  const launch = launchSpecFor(options.entry, agents, baseEnv)
  const names = agents.map(({ name }) => name)
  const receipts = hasReceipts({ launch, backend: planned.backend }, names)
  return {
    ...planned,
    launch,
    ready:
      ready.kind === 'output'
        ? { kind: 'output', source: ready.pattern.source, flags: ready.pattern.flags }
        : { kind: ready.kind },
    readyTimeoutMs: options.readyTimeoutMs,
    trialTimeoutMs: options.trialTimeoutMs,
    collectTimeoutMs: COLLECT_TIMEOUT_MS,
    workload: workloadSpec(options, known.evidence !== undefined, baseEnv),
    grid: known.evidence?.points ?? gridFor(planned.operations),
    settle: settleSpec(options, planned.operations, { holdMs: known.holdMs, receipts }),
    retention: planned.purpose === 'retention' ? retentionSpec(planned, options) : null,
    evidence: known.evidence ?? null,
    keep: options.keep,
    listPackages: options.listPackages,
    // What a carrier's instrumentations do is seen in packages, not in Node.
    readSigns: options.carrier === null && options.agents.length > 0 && known.isFirst === true,
    park: known.park,
  }
}

/** The idle wait of a retention trial and what follows it. */
export function retentionSpec(planned: PlannedTrial, { timing }: ResolvedOptions): RetentionSpec {
  return { waitMs: timing.retentionMs, operations: Math.floor(planned.operations / RETENTION_SHARE) }
}

/** @param isLooked a snapshot freezes the application, and connections may end of it: their requests fail and explain nothing */
function workloadSpec(
  { workload }: ResolvedOptions,
  isLooked: boolean,
  baseEnv: Readonly<Record<string, string>>,
): WorkloadSpec {
  switch (workload.kind) {
    case 'http': {
      const { plan, requestsFor } = httpPlan(workload)
      const lenient = isLooked ? { ...plan, maxFailureRate: 1 } : plan
      return { kind: 'http', options: lenient, requestsFromCaller: requestsFor !== null }
    }
    case 'command':
      return { kind: 'command', plan: commandPlan(workload, baseEnv) }
    case 'in-app':
      return { kind: 'in-app', module: workload.module }
    case 'idle':
    case 'function':
      return { kind: workload.kind }
  }
}

/**
 * Readings of one process at rest repeat within a few bytes; those of a loaded one, collected twice, within about
 * 8 KB. A smaller tolerance would only wait.
 */
const FLOOR_BYTES = 8 * 1024

/** Beyond this, readings that still differ say that the process is not at rest, however large the threshold. */
const CEILING_BYTES = 256 * 1024

/** Share of the growth at the threshold, over the smallest window (a quarter of the trial), that readings may differ by. */
const SHARE_OF_WINDOW = 1 / 4

/**
 * When a reading counts as settled: so many in a row within a quarter of the bytes that growth at the
 * threshold would bring in the smallest window (20 KB at 16 bytes an operation and 20,480 operations).
 */
export function settleSpec(
  { threshold, timing }: Pick<ResolvedOptions, 'threshold' | 'timing'>,
  operations: number,
  { holdMs, receipts }: Pick<SettleSpec, 'holdMs' | 'receipts'>,
): SettleSpec {
  const window = operations / 4
  const tolerance = threshold * window * SHARE_OF_WINDOW
  return {
    intervalMs: timing.intervalMs,
    agree: timing.agree,
    toleranceBytes: Math.round(Math.min(CEILING_BYTES, Math.max(FLOOR_BYTES, tolerance))),
    maxMs: timing.settleMs,
    holdMs: timing.watchMs === 0 ? 0 : receipts ? (holdMs ?? 0) : holdMs,
    watchMs: timing.watchMs,
    receipts,
  }
}
