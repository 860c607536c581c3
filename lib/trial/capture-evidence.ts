import { cleanEnvironment } from '../system/clean-environment.js'
import type { ResolvedOptions } from '../options/resolved.js'
import type { PlannedTrial, TrialRecord } from '../types/index.js'
import { firstCause } from './failed-to-run.js'
import { observed } from './trial-result.js'
import { hostFor } from './trial-host.js'
import { aborted, callerFunctions } from './trial-runner.js'
import { trialSpec } from './trial-spec.js'
import { openTurns } from './limits.js'
import type { Captured, EvidenceSpec } from './types.js'

/** What an evidence trial found. */
export interface EvidenceCapture {
  readonly record: TrialRecord
  readonly captured: Captured
}

/**
 * Runs one evidence trial in a host of its own. The snapshots lie in the host's private folder; the host reads them, moves those that
 * are to be kept, and removes the folder when it is done, or when its caller is gone.
 * @param holdMs how long readings wait for what is flushed at an interval; `null`: not known
 * @throws IsolateLeakError as a trial
 */
export async function captureEvidence(
  options: ResolvedOptions,
  planned: PlannedTrial,
  evidence: EvidenceSpec,
  holdMs: number | null = null,
): Promise<EvidenceCapture> {
  const { signal } = options
  if (signal?.aborted) throw aborted(signal)
  const { env } = cleanEnvironment(process.env)
  const spec = trialSpec(planned, options, env, { holdMs, park: false, evidence })
  const host = hostFor(options, callerFunctions(options))
  const abort = (): void => {
    host.abort()
  }
  signal?.addEventListener('abort', abort, { once: true })
  const failures: unknown[] = []
  let captured: Captured | undefined
  try {
    const record = await observed(
      planned,
      async observer => {
        const result = await host.run(spec, observer)
        if (result.kind === 'record') captured = result.captured
        return result
      },
      openTurns(1),
      options.onEvent,
      error => {
        failures.push(error)
        host.abort()
      },
    )
    if (failures.length > 0) throw failures[0]
    return { record, captured: withEnd(captured ?? nothing, record) }
  } catch (error) {
    if (signal?.aborted) throw aborted(signal)
    throw firstCause([...failures, error], options)
  } finally {
    signal?.removeEventListener('abort', abort)
    await host.close()
  }
}

/** An application that ended, or was ended, between two looks leaves a comparison undone, and that has a reason. */
function withEnd(captured: Captured, { outcome }: TrialRecord): Captured {
  if (outcome.kind === 'completed' || captured.heap !== null || captured.refused !== null) return captured
  return { ...captured, refused: outcome.message }
}

const nothing: Captured = {
  snapshots: [],
  heap: null,
  comparable: true,
  refused: 'the application ended before it could be looked at',
  allocations: [],
  resources: [],
}
