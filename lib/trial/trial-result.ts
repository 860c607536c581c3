import type { Application } from './application.js'
import { ProbeError } from './probe-error.js'
import { type Progress } from './progress.js'
import { recordOf } from './record-of.js'
import { TrialEnded, TrialFailed } from './trial-stop.js'
import type { TrialResult, TrialSpec } from './types.js'

/** What becomes of a trial that an error stopped: a record where its series is worth keeping, else a failure. */
export function trialResult(
  error: unknown,
  spec: TrialSpec,
  progress: Progress,
  application: Application | undefined,
  continues: number | null,
): TrialResult {
  if (error instanceof TrialEnded) {
    return { kind: 'record', record: recordOf(spec, progress, error.outcome, continues) }
  }
  if (error instanceof ProbeError && error.code === 'ERR_PROBE_BUSY' && progress.readyMs > 0) {
    const message = `the main thread did not let a collection happen within ${String(spec.collectTimeoutMs)} ms`
    const outcome = { kind: 'hung', limit: 'collectTimeoutMs', message } as const
    return { kind: 'record', record: recordOf(spec, progress, outcome, continues) }
  }
  const output = application?.output.lastLines(12) ?? ''
  if (error instanceof TrialFailed) {
    const { failure } = error
    // What a sidecar wrote, or nothing, goes with what it did; a sentence that says what to do needs no stack.
    const own = failure.kind.startsWith('sidecar-') || failure.kind === 'not-permitted' ? '' : output
    return { kind: 'failure', failure: { ...failure, output: failure.output || own } }
  }
  const cause = error instanceof Error ? error : new Error(String(error))
  const { failure } = new TrialFailed({
    phase: progress.readyMs > 0 ? 'measure' : 'ready',
    kind: 'probe-lost',
    message: NO_DESCRIPTOR.test(cause.message) ? noDescriptor(cause, progress) : cause.message,
    output,
    cause,
  })
  return { kind: 'failure', failure }
}

const NO_DESCRIPTOR = /\b(?:EMFILE|ENFILE)\b/

/** Whoever leaks descriptors or sockets gets there before the last reading. */
function noDescriptor({ message }: Error, { samples }: Progress): string {
  const reached = String(samples.at(-1)?.operations ?? 0)
  return (
    `it has no file descriptor left after operation ${reached}, so that nothing can be read: what it opens stays open. ` +
    `With fewer operations some are left, and the report says who keeps them (${message})`
  )
}
