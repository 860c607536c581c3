import { noteCallersOwn } from '../options/redact/callers-own.js'
import type { PlannedTrialInfo, RunEvent, TrialRecord } from '../types/index.js'
import { FailedToRun } from './failed-to-run.js'
import type { Turns } from './turns.js'
import type { TrialObserver, TrialResult } from './types.js'

/** Starts a trial, which tells the observer how it goes. */
export type StartTrial = (observer: TrialObserver) => Promise<TrialResult>

/**
 * Runs one trial, with its events and its turns.
 * @param fail told what `onEvent` throws
 * @throws FailedToRun when it did not happen as planned
 */
export async function observed(
  trial: PlannedTrialInfo,
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
