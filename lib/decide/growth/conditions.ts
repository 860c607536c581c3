import type { Backend, TrialRecord } from '../../types/index.js'
import { openBook } from './trial-book.js'
import type { TrialBook } from './trial-book.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** The trials that belong to one behaviour of the agents' collector. */
export interface Condition {
  readonly backend: Backend
  readonly trials: readonly TrialRecord[]
  readonly book: TrialBook
}

export function backendsOf({ backends = ['up'] }: Pick<DecisionSettings, 'backends'>): readonly Backend[] {
  return backends
}

/** Condition that the baseline's trials carry: the application without agents reports to no collector. */
export function firstBackend(settings: Pick<DecisionSettings, 'backends'>): Backend {
  return backendsOf(settings)[0] ?? 'up'
}

/** The trials under a condition, with those of the baseline, which all conditions share. */
export function trialsUnder(
  backend: Backend,
  trials: readonly TrialRecord[],
  settings: Pick<DecisionSettings, 'backends'>,
): readonly TrialRecord[] {
  if (backendsOf(settings).length === 1) return trials
  return trials.filter(trial => trial.agents.length === 0 || trial.backend === backend)
}

/** Every condition of the call, in its order. */
export function conditionsOf(
  trials: readonly TrialRecord[],
  settings: DecisionSettings,
): readonly Condition[] {
  return backendsOf(settings).map(backend => {
    const own = trialsUnder(backend, trials, settings)
    return { backend, trials: own, book: openBook(own, settings) }
  })
}
