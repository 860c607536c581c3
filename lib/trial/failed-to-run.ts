import type { IsolateLeakError } from '../errors.js'
import type { ResolvedOptions } from '../options/resolved.js'
import type { PlannedTrialInfo } from '../types/index.js'
import { failureError } from './failure-error.js'
import type { TrialFailure } from './types.js'

/** A trial that did not happen as planned. */
export class FailedToRun extends Error {
  readonly planned: PlannedTrialInfo
  readonly failure: TrialFailure
  readonly thrown: unknown

  constructor(planned: PlannedTrialInfo, failure: TrialFailure, thrown: unknown) {
    super(failure.message)
    this.planned = planned
    this.failure = failure
    this.thrown = thrown
  }
}

export function isBaseline(trial: PlannedTrialInfo): boolean {
  return trial.agents.length === 0
}

/** The one of several errors that explains the others. */
export function firstCause(failures: readonly unknown[], options: ResolvedOptions): IsolateLeakError {
  // Trials that were stopped because of another failure tell nothing.
  const trials = failures
    .filter(error => error instanceof FailedToRun)
    .filter(({ failure }) => failure.kind !== 'aborted')
  const worst = trials.find(({ planned }) => isBaseline(planned)) ?? trials[0]
  const other = failures.find(error => !(error instanceof FailedToRun))
  if (other !== undefined || worst === undefined) throw other
  const unsupported = options.warnings
    .filter(warning => warning.code === 'AGENT_ENGINE')
    .flatMap(warning => warning.agents ?? [])
  return failureError({
    entryFile: options.entry.file,
    agents: worst.planned.agents,
    failure: worst.failure,
    thrown: worst.thrown,
    unsupported: unsupported.filter(name => worst.planned.agents.includes(name)),
  })
}
