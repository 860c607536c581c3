import type { Application } from './launch-with-probe.js'
import { ProbeError } from './child-probes.js'
import type { Progress } from './progress.js'
import { recordOf } from './record-of.js'
import { TrialEnded, TrialFailed } from './trial-stop.js'
import type { TrialObserver, TrialResult, TrialSpec } from './types.js'
import { noteCallersOwn } from '../options/redact/callers-own.js'
import type { PlannedTrial, RunEvent, TrialRecord } from '../types/index.js'
import { FailedToRun } from './failed-to-run.js'
import type { Turns } from './limits.js'

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

/** Starts a trial, which tells the observer how it goes. */
export type StartTrial = (observer: TrialObserver) => Promise<TrialResult>

/**
 * Runs one trial, with its events and its turns.
 * @param fail told what `onEvent` throws
 * @throws FailedToRun when it did not happen as planned
 */
export async function observed(
  trial: PlannedTrial,
  start: StartTrial,
  turns: Turns,
  onEvent: (event: RunEvent) => void,
  fail: (error: unknown) => void,
): Promise<TrialRecord> {
  let thrown: unknown
  const emit = (event: RunEvent): void => {
    try {
      onEvent(event)
    } catch (error) {
      noteCallersOwn(error)
      fail(error)
    }
  }
  emit({ type: 'trial-start', trial })
  try {
    const result = await start({
      ready(url) {
        emit({ type: 'trial-ready', trial, url })
      },
      answered(answers) {
        emit({ type: 'first-answers', trial, answers })
      },
      sample(sample) {
        emit({ type: 'trial-sample', trial, sample })
      },
      turn: async () => turns.take(trial.id),
      idle() {
        turns.give(trial.id)
      },
      threw(error) {
        noteCallersOwn(error)
        thrown = error
      },
    })
    if (result.kind === 'failure') throw new FailedToRun(trial, result.failure, thrown)
    return result.record
  } finally {
    turns.give(trial.id)
  }
}
