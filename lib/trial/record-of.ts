import type { TrialOutcome, TrialRecord } from '../types/index.js'
import { drivenServer } from './driven-server.js'
import { trialWarnings } from './trial-warnings.js'
import type { TrialSpec } from './types.js'
import type { Progress } from './progress.js'

/** The record of a trial that ended as `outcome` says. */
export function recordOf(
  spec: TrialSpec,
  progress: Progress,
  outcome: TrialOutcome,
  continues: number | null = null,
): TrialRecord {
  return {
    id: spec.id,
    agents: spec.agents,
    backend: spec.backend,
    purpose: spec.purpose,
    operations: spec.operations,
    ...(continues === null ? {} : { continues }),
    outcome,
    // A continuation goes on with the same list.
    samples: [...progress.samples],
    counts: progress.driver?.counts() ?? null,
    ...(progress.reachable === null ? {} : { driven: drivenServer(progress.reachable, spec.launch) }),
    ...(spec.launch.collectors.length === 0 ? {} : { collectors: progress.collectors?.records() ?? [] }),
    loadedAgents: (progress.loaded?.agents ?? []).map(({ name, version, path }) => ({ name, version, path })),
    ...(progress.packages === null ? {} : { packages: progress.packages }),
    ...(progress.signs === null ? {} : { signs: progress.signs }),
    nodeVersion: progress.loaded?.nodeVersion ?? '',
    ...(progress.loaded === null ? {} : { bufferPoolBytes: progress.loaded.bufferPoolBytes }),
    heapLimitBytes: progress.heapLimitBytes,
    holdMs: progress.holdMs ?? 0,
    ...(progress.heldBytes === 0 ? {} : { heldBytes: progress.heldBytes }),
    warnings: trialWarnings(spec, progress),
    timings: {
      readyMs: Math.round(progress.readyMs),
      loadMs: Math.round(progress.loadMs),
      settleMs: Math.round(progress.settleMs),
      totalMs: Math.round(performance.now() - progress.launchedAtMs),
    },
  }
}
