/**
 * Puts a decision into words: the only place that makes sentences of the codes and numbers that `decide/` gives. The same decision gives
 * the same words.
 */
import type { DecidedWarning } from '../../decide/because.js'
import type {
  DecidedComponent,
  DecidedCondition,
  DecidedCulprit,
  DecidedMetric,
  SetNotes,
} from '../../decide/decided.js'
import type {
  Component,
  ConditionResult,
  Culprit,
  MetricResult,
  Verdict,
  Warning,
} from '../../types/index.js'
import { metricSentences, placeName } from './metric-sentences.js'
import { reasons } from './reasons.js'
import { setNote } from './set-notes.js'
import { warningMessage } from './warning-messages.js'

/** What was decided from the trials. */
export interface Judgement {
  readonly verdict: Verdict
  readonly culprits: readonly Culprit[]
  readonly components: readonly Component[]
  /** What the trials and deciding noticed. */
  readonly warnings: readonly Warning[]
  /** What was exercised of sets of agents, and what was not. */
  readonly sets: { readonly exercised: readonly string[]; readonly notExercised: readonly string[] }
}

/** What is put into words of a decision; whatever else it has stays. */
interface Decided {
  readonly verdict: Verdict
  readonly components: readonly DecidedComponent[]
  readonly culprits: readonly DecidedCulprit[]
  readonly warnings: readonly DecidedWarning[]
  readonly sets: SetNotes
}

/** A decision as it is reported. */
export interface Told {
  readonly verdict: Verdict
  readonly components: readonly Component[]
  readonly culprits: readonly Culprit[]
  readonly warnings: readonly Warning[]
  readonly sets: { readonly exercised: readonly string[]; readonly notExercised: readonly string[] }
}

export function inWords<T extends Decided>(decision: T): Omit<T, keyof Told> & Told {
  const { exercised, notExercised } = decision.sets
  return {
    ...decision,
    components: decision.components.map(componentInWords),
    culprits: decision.culprits.map(culpritInWords),
    warnings: decision.warnings.map(warningInWords),
    sets: { exercised: exercised.map(setNote), notExercised: notExercised.map(setNote) },
  }
}

export function culpritInWords({ because, where, ...culprit }: DecidedCulprit): Culprit {
  return {
    ...culprit,
    reason: reasons(because),
    ...(where === undefined ? {} : { where: placeName(where) }),
  }
}

function componentInWords({ because, metrics, conditions, ...component }: DecidedComponent): Component {
  return {
    ...component,
    metrics: metrics.map(metricInWords),
    reason: reasons(because),
    ...(conditions === undefined ? {} : { conditions: conditions.map(conditionInWords) }),
  }
}

function conditionInWords({ because, metrics, ...condition }: DecidedCondition): ConditionResult {
  return { ...condition, metrics: metrics.map(metricInWords), reason: reasons(because) }
}

function metricInWords({ because, where, ...result }: DecidedMetric): MetricResult {
  return {
    ...result,
    reason: metricSentences(because),
    ...(where === undefined ? {} : { where: placeName(where) }),
  }
}

function warningInWords({ because, ...warning }: DecidedWarning): Warning {
  return { ...warning, message: warningMessage({ because, ...warning }) }
}
