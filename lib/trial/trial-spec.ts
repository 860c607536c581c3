import { launchedAgents } from './launch/launched-agents.js'
import { launchSpecFor } from './launch/launch-spec.js'
import type { ResolvedOptions } from '../options/resolved.js'
import { gridFor } from '../decide/growth/grid.js'
import { settleSpec } from './settle-spec.js'
import type { PlannedTrialInfo } from '../types/index.js'
import { httpPlan } from './workload/http-plan.js'
import { hasReceipts } from './receipts.js'
import type { EvidenceSpec, RetentionSpec, TrialSpec, WorkloadSpec } from './types.js'

/** How long a collection may wait for a busy main thread before the application counts as hung. */
const COLLECT_TIMEOUT_MS = 30_000
/** Share of the series that a retention trial performs again after its wait. */
const RETENTION_SHARE = 8

/** What the host is told to do for one planned trial. */
export function trialSpec(
  planned: PlannedTrialInfo,
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
    workload: workloadSpec(options, known.evidence !== undefined),
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
export function retentionSpec(planned: PlannedTrialInfo, { timing }: ResolvedOptions): RetentionSpec {
  return { waitMs: timing.retentionMs, operations: Math.floor(planned.operations / RETENTION_SHARE) }
}

/** @param isLooked a snapshot freezes the application, and connections may end of it: their requests fail and explain nothing */
function workloadSpec({ workload }: ResolvedOptions, isLooked: boolean): WorkloadSpec {
  switch (workload.kind) {
    case 'http': {
      const { plan, requestsFor } = httpPlan(workload)
      const lenient = isLooked ? { ...plan, maxFailureRate: 1 } : plan
      return { kind: 'http', options: lenient, requestsFromCaller: requestsFor !== null }
    }
    case 'in-app':
      return { kind: 'in-app', module: workload.module }
    case 'idle':
    case 'function':
      return { kind: workload.kind }
  }
}
