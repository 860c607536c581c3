import type { Reading } from '../probe/protocol.cjs'
import type { Sample } from '../types/index.js'
import type { Caller } from './messages.js'
import type { Driver } from './drive.js'
import type { ProbeClient } from './probe-client.js'
import type { Progress } from './progress.js'
import { sampleOf } from './sample-of.js'
import { CONNECTION_BYTES, type Settled, heapBytes, settle, watchForFlush, whenDue } from './settle.js'
import type { Receipts } from './trial-collectors.js'
import type { TrialSpec } from './types.js'

/** Between readings of idle time, while connections are open. */
const IDLE_STEP_MS = 1_000

/** Array buffers of fewer bytes hold nothing whose growth would matter. */
const LISTED_FROM_BYTES = 524_288

/** The application under measurement, ready to be driven. */
interface SeriesInput {
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
  /** CPU time before the load that no reading was taken after yet, ms; `undefined`: there is no such load, `null`: not known. */
  let cpuBeforeMs: number | null | undefined

  const perform = async (operations: number): Promise<void> => {
    await caller.turn()
    cpuBeforeMs = await input.probe.cpuMs()
    const startedAtMs = performance.now()
    await driver.perform({ number: round++, index: performed, operations })
    progress.loadEndedAtMs = performance.now()
    progress.loadMs += progress.loadEndedAtMs - startedAtMs
    progress.answers = driver.answers()
    performed += operations
  }
  /** Adds what the load took: before the first reading, whose collections are not the load's. */
  const addCpu = async (): Promise<void> => {
    if (cpuBeforeMs === undefined) return
    const usedMs = ((await input.probe.cpuMs()) ?? NaN) - (cpuBeforeMs ?? NaN)
    cpuBeforeMs = undefined
    // Less than before: a process has ended and nobody waited for it.
    progress.cpuMs = usedMs >= 0 && progress.cpuMs !== null ? progress.cpuMs + usedMs : null
  }
  const sample = async (
    seen: Seen,
    spec: Pick<TrialSpec, 'settle' | 'collectTimeoutMs'>,
    signal: AbortSignal,
  ): Promise<void> => {
    caller.idle()
    const startedAtMs = performance.now()
    if (performed > 0 && spec.settle.receipts) await input.receipts(performedBy(driver, performed))
    await addCpu()
    await takeSample(input, spec, performed, seen)
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
        await sample({ kind: 'grid' }, spec, signal)
        if (input.look !== null) {
          driver.touch()
          await input.look(performed)
        }
        signal.throwIfAborted()
      }
      if (retention === null) return
      caller.idle()
      const { waitMs, pending } = whenDue(
        retention.operations > 0 ? await input.probe.timers(spec.collectTimeoutMs) : [],
        performed,
        retention.waitMs,
      )
      const withConnections = await waitIdle(input, progress.loadEndedAtMs + waitMs, spec, signal)
      const idleMs = performance.now() - progress.loadEndedAtMs
      if (retention.operations > 0) await perform(retention.operations)
      await sample(
        {
          ...{ kind: 'retained', idleMs: Math.round(idleMs) },
          ...(pending && { pendingTimers: pending }),
          ...(withConnections > 0 && { withConnections }),
        },
        spec,
        signal,
      )
    },
  }
}

/** How many of so many operations there were: a load generator may do some more or fewer. */
function performedBy(driver: Driver, operations: number): number {
  const counts = driver.counts()
  return counts === null ? operations : counts.performed + counts.failed
}

/** What is known of a sample before it is taken. */
type Seen = Pick<Sample, 'kind' | 'idleMs' | 'pendingTimers' | 'withConnections'>

async function takeSample(
  input: SeriesInput,
  spec: Pick<TrialSpec, 'settle' | 'collectTimeoutMs'>,
  operations: number,
  seen: Seen,
): Promise<void> {
  const { probe, progress, caller } = input
  const { settle: settling } = spec
  const { read, readings } = timedReads(input, spec.collectTimeoutMs)
  // Before the first operation nothing was batched yet.
  const holdMs = operations === 0 ? 0 : (progress.holdMs ?? 0)
  const performed = performedBy(input.driver, operations)
  let settled = await settle(read, settling, progress.closesConnections ? 0 : holdMs)
  const atRest = readings.length - 1
  if (operations > 0 && progress.holdMs === null) {
    const watched = await watchForFlush(read, settling, settled, hasOpened(readings.at(-1), progress))
    progress.holdMs = watched.holdMs
    progress.heldBytes = watched.heldBytes
    settled = watched.after
  } else if (progress.closesConnections && holdMs > 0) {
    settled = (await watchForFlush(read, { ...settling, watchMs: holdMs }, settled, true)).after
  }
  const gone = goneWithConnections(readings.slice(atRest))
  if (gone > settling.toleranceBytes) progress.closesConnections = true
  const elapsedMs = Math.round(performance.now() - progress.launchedAtMs)
  const { largeBuffers } = hasLargeBuffers(settled) ? await probe.read(spec.collectTimeoutMs, true) : {}
  const sample = {
    ...sampleOf(settled, {
      operations,
      ...(performed === operations ? {} : { performed }),
      ...{ kind: seen.kind, elapsedMs, ...loadOf(progress) },
    }),
    ...(largeBuffers && { largeBuffers }),
    ...(gone > 0 && { withConnections: gone }),
    ...seen,
  }
  progress.heapLimitBytes = settled.considered.at(-1)?.heapLimit ?? 0
  progress.samples.push(sample)
  caller.sample(sample)
}

function loadOf({ loadMs, cpuMs, answers }: Progress): Pick<Sample, 'loadMs' | 'cpuMs' | 'answers'> {
  return {
    loadMs: Math.round(loadMs),
    ...(cpuMs === null ? {} : { cpuMs: Math.round(cpuMs * 10) / 10 }),
    ...(answers === null ? {} : { answers }),
  }
}

/** Waits until a moment on the monotonic clock; tells how much heap goes meanwhile with connections that close, bytes. */
async function waitIdle(
  input: SeriesInput,
  untilMs: number,
  { collectTimeoutMs }: Pick<TrialSpec, 'collectTimeoutMs'>,
  signal: AbortSignal,
): Promise<number> {
  const { read, readings } = timedReads(input, collectTimeoutMs)
  const leftMs = (): number => untilMs - performance.now()
  while (leftMs() > 0) {
    const mayClose = readings.length === 0 || hasOpened(readings.at(-1), input.progress)
    if (mayClose) await read()
    await pause(Math.max(0, mayClose ? Math.min(leftMs(), IDLE_STEP_MS) : leftMs()))
    signal.throwIfAborted()
  }
  return goneWithConnections(readings)
}

/** Readings, with the times of all that were taken. */
function timedReads(
  { probe }: SeriesInput,
  timeoutMs: number,
): { readonly read: () => Promise<Reading>; readonly readings: readonly TimedReading[] } {
  const readings: TimedReading[] = []
  const read = async (): Promise<Reading> => {
    const atMs = performance.now()
    const reading = await probe.read(timeoutMs)
    readings.push({ atMs, reading })
    return reading
  }
  return { read, readings }
}

/** Whether more is open than before the first operation. */
function hasOpened(last: TimedReading | undefined, { samples }: Progress): boolean {
  const before = samples.find(({ operations }) => operations === 0)?.values.fds ?? null
  return before !== null && (last?.reading.descriptors ?? 0) > before
}

function hasLargeBuffers({ considered }: Settled): boolean {
  return (considered.at(-1)?.arrayBuffers ?? 0) >= LISTED_FROM_BYTES
}

async function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

/** Difference between the wall clock and the monotonic clock: constant unless somebody sets the time or the machine sleeps. */
function clockOffsetMs(): number {
  return Date.now() - performance.now()
}

/** A reading, and when it began on the monotonic clock. */
export interface TimedReading {
  readonly atMs: number
  readonly reading: Reading
}

/** What goes in a longer time between two readings may have gone for other reasons. */
const LONGEST_STEP_MS = 2_500

/**
 * Heap that went in the moments in which connections closed, bytes, beyond what a connection takes by itself: what was kept on their sockets
 * (listeners, timings, requests). An agent that flushes does so at moments of its own.
 * @param readings of one process at rest, from soon after its load on
 */
export function goneWithConnections(readings: readonly TimedReading[]): number {
  let gone = 0
  let closedBefore = 0
  for (const [index, { atMs, reading }] of readings.entries()) {
    const before = readings[index - 1]
    if (before === undefined || atMs - before.atMs > LONGEST_STEP_MS) {
      closedBefore = 0
      continue
    }
    const closed = Math.max(0, (before.reading.descriptors ?? 0) - (reading.descriptors ?? 0))
    // A socket may be let go of a moment after it was closed.
    if (closed + closedBefore > 0)
      gone += heapBytes(before.reading) - heapBytes(reading) - closed * CONNECTION_BYTES
    closedBefore = closed
  }
  return Math.max(0, gone)
}
