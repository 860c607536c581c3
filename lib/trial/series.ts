import type { Reading } from '../probe/protocol.cjs'
import type { Sample } from '../types.js'
import type { Caller } from './caller.js'
import type { Driver } from './drive.js'
import type { ProbeClient } from './probe-client.js'
import type { Progress } from './progress.js'
import { sampleOf } from './sample-of.js'
import { holdOf, settle, watchForFlush } from './settle.js'
import type { TrialSpec } from './types.js'

/** The application under measurement, from ready to the last sample. */
export interface Series {
  readonly spec: TrialSpec
  readonly probe: ProbeClient
  readonly driver: Driver
  readonly caller: Caller
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** Rounds of operations, each followed by a settled sample, as the grid says; then the retention check, if planned. */
export async function takeSeries(series: Series): Promise<void> {
  const { spec, progress, signal } = series
  const clock = clockOffsetMs()
  let performed = 0
  let round = 0

  const perform = async (operations: number): Promise<void> => {
    const startedAtMs = performance.now()
    await series.driver.perform({ number: round++, index: performed, operations })
    progress.loadMs += performance.now() - startedAtMs
    performed += operations
  }
  const sample = async (kind: Sample['kind']): Promise<void> => {
    const startedAtMs = performance.now()
    await takeSample(series, performed, kind)
    progress.settleMs += performance.now() - startedAtMs
    progress.clockJumpMs = Math.max(progress.clockJumpMs, Math.abs(clockOffsetMs() - clock))
    signal.throwIfAborted()
  }

  for (const point of spec.grid) {
    if (point > performed) await perform(point - performed)
    await sample('grid')
  }
  if (spec.retention) {
    await new Promise(resolve => setTimeout(resolve, spec.retention?.waitMs))
    signal.throwIfAborted()
    // What expires only when it is next touched needs operations to be released.
    if (spec.retention.operations > 0) await perform(spec.retention.operations)
    await sample('retained')
  }
}

async function takeSample(series: Series, operations: number, kind: Sample['kind']): Promise<void> {
  const { spec, probe, progress, caller } = series
  const read = async (): Promise<Reading> => probe.read(spec.collectTimeoutMs)
  // Before the first operation nothing was batched yet.
  const holdMs = operations === 0 ? 0 : (progress.holdMs ?? 0)
  let settled = await settle(read, spec.settle, holdMs)
  if (operations > 0 && progress.holdMs === null) {
    const watched = await watchForFlush(read, spec.settle, settled)
    progress.watched.push(watched.holdMs)
    progress.holdMs = holdOf(progress.watched, spec.settle)
    settled = watched.after
  }
  const elapsedMs = Math.round(performance.now() - progress.launchedAtMs)
  const sample = sampleOf(settled, { operations, kind, elapsedMs })
  progress.heapLimitBytes = settled.considered.at(-1)?.heapLimit ?? 0
  progress.samples.push(sample)
  caller.sample(sample)
}

/** Difference between the wall clock and the monotonic clock: constant unless somebody sets the time or the machine sleeps. */
function clockOffsetMs(): number {
  return Date.now() - performance.now()
}
