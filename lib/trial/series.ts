import type { Reading } from '../probe/protocol.cjs'
import type { Sample } from '../types.js'
import type { Caller } from './caller.js'
import type { Driver } from './drive.js'
import type { ProbeClient } from './probe-client.js'
import type { Progress } from './progress.js'
import { sampleOf } from './sample-of.js'
import { settle, watchForFlush, type Settled } from './settle.js'
import type { Receipts } from './receipts.js'
import type { TrialSpec } from './types.js'

/** Array buffers of fewer bytes hold nothing whose growth would matter. */
const LISTED_FROM_BYTES = 524_288

/** The application under measurement, ready to be driven. */
export interface SeriesInput {
  readonly probe: ProbeClient
  readonly driver: Driver
  readonly caller: Caller
  readonly progress: Progress
  readonly receipts: Receipts
  /** Looks at the settled application after so many operations; `null` for measuring trials. */
  readonly look: ((operations: number) => Promise<void>) | null
}

/** Rounds of operations, each followed by a settled sample. */
export interface Series {
  /**
   * Takes the samples of the grid that were not taken yet. With `retention` it then waits idle, performs some operations more, and takes the
   * sample that tells what was released.
   */
  take(
    spec: Pick<TrialSpec, 'grid' | 'settle' | 'collectTimeoutMs' | 'retention'>,
    signal: AbortSignal,
  ): Promise<void>
}

/** The series of one application, from ready on. */
export function openSeries(input: SeriesInput): Series {
  const { progress, caller, driver } = input
  const clock = clockOffsetMs()
  let performed = 0
  let round = 0

  const perform = async (operations: number): Promise<void> => {
    await caller.turn()
    const startedAtMs = performance.now()
    await driver.perform({ number: round++, index: performed, operations })
    progress.loadEndedAtMs = performance.now()
    progress.loadMs += progress.loadEndedAtMs - startedAtMs
    performed += operations
  }
  const sample = async (
    kind: Sample['kind'],
    spec: Pick<TrialSpec, 'settle' | 'collectTimeoutMs'>,
    signal: AbortSignal,
  ): Promise<void> => {
    caller.idle()
    const startedAtMs = performance.now()
    await takeSample(input, spec, performed, kind)
    progress.settleMs += performance.now() - startedAtMs
    progress.clockJumpMs = Math.max(progress.clockJumpMs, Math.abs(clockOffsetMs() - clock))
    signal.throwIfAborted()
  }

  const isTaken = (point: number): boolean => progress.samples.some(({ operations }) => operations === point)

  return {
    async take(spec, signal) {
      const { grid, retention } = spec
      for (const point of grid) {
        if (point < performed || isTaken(point)) continue
        if (point > performed) await perform(point - performed)
        await sample('grid', spec, signal)
        if (input.look !== null) {
          driver.touch()
          await input.look(performed)
        }
        signal.throwIfAborted()
      }
      if (retention === null) return
      const leftMs = progress.loadEndedAtMs + retention.waitMs - performance.now()
      if (leftMs > 0) await new Promise(resolve => setTimeout(resolve, leftMs))
      signal.throwIfAborted()
      if (retention.operations > 0) await perform(retention.operations)
      await sample('retained', spec, signal)
    },
  }
}

async function takeSample(
  input: SeriesInput,
  spec: Pick<TrialSpec, 'settle' | 'collectTimeoutMs'>,
  operations: number,
  kind: Sample['kind'],
): Promise<void> {
  const { probe, progress, caller } = input
  const read = async (): Promise<Reading> => probe.read(spec.collectTimeoutMs)
  // Before the first operation nothing was batched yet.
  const holdMs = operations === 0 ? 0 : (progress.holdMs ?? 0)
  if (operations > 0 && spec.settle.receipts) await input.receipts(operations)
  let settled = await settle(read, spec.settle, holdMs)
  if (operations > 0 && progress.holdMs === null) {
    const watched = await watchForFlush(read, spec.settle, settled)
    progress.holdMs = watched.holdMs
    progress.heldBytes = watched.heldBytes
    settled = watched.after
  }
  const elapsedMs = Math.round(performance.now() - progress.launchedAtMs)
  const { largeBuffers } = hasLargeBuffers(settled) ? await probe.read(spec.collectTimeoutMs, true) : {}
  const sample = {
    ...sampleOf(settled, { operations, kind, elapsedMs, loadMs: Math.round(progress.loadMs) }),
    ...(largeBuffers && { largeBuffers }),
  }
  progress.heapLimitBytes = settled.considered.at(-1)?.heapLimit ?? 0
  progress.samples.push(sample)
  caller.sample(sample)
}

function hasLargeBuffers({ considered }: Settled): boolean {
  return (considered.at(-1)?.arrayBuffers ?? 0) >= LISTED_FROM_BYTES
}

/** Difference between the wall clock and the monotonic clock: constant unless somebody sets the time or the machine sleeps. */
function clockOffsetMs(): number {
  return Date.now() - performance.now()
}
