/**
 * Puts a decision into words: the only place that makes sentences of the codes and numbers that `decide/` gives. The same decision gives
 * the same words.
 */
import type { Because, DecidedWarning } from '../../decide/because.js'
import type {
  DecidedComponent,
  DecidedCondition,
  DecidedCulprit,
  DecidedMetric,
  SetNote,
  SetNotes,
} from '../../decide/types.js'
import type {
  BackendResult,
  Component,
  Culprit,
  MetricResult,
  RunWarning,
  Verdict,
} from '../../types/index.js'
import { metricSentences, placeName } from './metric-sentences.js'
import { list, warningMessage, whole } from './warning-messages.js'
import { armName } from '../../decide/growth/arms.js'
import { formatBytes, formatDuration } from '../format/bytes.js'
import { collectorDoes, everyCondition, whereConditionsDiffer } from './backends.js'
import { failures } from './failure-sentences.js'

/** What was decided from the trials. */
export interface Judgement {
  readonly verdict: Verdict
  readonly culprits: readonly Culprit[]
  readonly components: readonly Component[]
  /** What the trials and deciding noticed. */
  readonly warnings: readonly RunWarning[]
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
  readonly warnings: readonly RunWarning[]
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
    ...(conditions === undefined ? {} : { backends: conditions.map(conditionInWords) }),
  }
}

function conditionInWords({ because, metrics, ...condition }: DecidedCondition): BackendResult {
  return { ...condition, metrics: metrics.map(metricInWords), reason: reasons(because) }
}

function metricInWords({ because, where, ...result }: DecidedMetric): MetricResult {
  return {
    ...result,
    reason: metricSentences(because),
    ...(where === undefined ? {} : { where: placeName(where) }),
  }
}

function warningInWords({ because, ...warning }: DecidedWarning): RunWarning {
  return { ...warning, message: warningMessage({ because, ...warning }) }
}

/** What was exercised of sets of agents, or was not, in words; with the conditions where it holds under some of them only. */
function setNote(note: SetNote): string {
  const line = lineOf(note)
  return note.backends === undefined ? line : `${line} (collector: ${note.backends.join(', ')})`
}

function lineOf(note: SetNote): string {
  switch (note.code) {
    case 'each-alone':
      return 'each agent alone, against the application without agents'
    case 'all-together':
      return 'all agents together'
    case 'never-together':
      return 'all agents together: no trial with all of them was completed'
    case 'not-alone':
      return `${note.some ? 'every agent alone' : 'agents alone'}: they were on together, where one could hold back what another leaks`
    case 'other-shards':
      return `what other shards run: this is shard ${String(note.index)} of ${String(note.count)}, isolate-leak merge judges all`
  }
}

/** Why something was decided, in sentences. */
function reasons(because: readonly Because[]): string {
  return because.map(sentences).join(' ')
}

function sentences(because: Because): string {
  switch (because.about) {
    case 'metric':
      return metricSentences(because)
    case 'failures':
      return failures(because)
    case 'others':
      return 'Nothing else that was measured grows with it.'
    case 'once': {
      const where =
        because.from === 0
          ? `in the first ${whole(because.to)} operations`
          : `between ${whole(because.from)} and ${whole(because.to)} operations`
      return `${armName(because.arm)} takes ${formatBytes(because.bytes)} once, ${where}, and no more.`
    }
    case 'held':
      return `While its collector ${collectorDoes([because.backend])}, ${armName(because.arm)} keeps what it could not send, up to ${formatBytes(because.boundBytes)} of array buffers: it had ${formatBytes(because.bytes)} of that, which is no leak, and more is not ruled out.`
    case 'trials': {
      const reference = because.reference === null ? '' : ` or of ${armName(because.reference)}`
      return `No trial of ${armName(because.arm)}${reference} was completed.`
    }
    case 'warnings': {
      const messages = [...new Set(because.warnings.map(warningMessage))]
      return `It would be called ${because.verdict === 'leak' ? 'a leak' : 'clean'}, but ${messages.join('; ')}.`
    }
    case 'set':
      return because.code === 'on-together'
        ? `It was on together with ${list(because.others)}.`
        : 'Which of them it is was not found out before the run ended.'
    case 'company':
      return company(because)
    case 'budget':
      return budget(because)
    case 'conditions':
      return conditions(because)
  }
}

/** What would not have come to its end in time is not begun. */
function budget({ budgetMs, spentMs }: Extract<Because, { about: 'budget' }>): string {
  return spentMs === null || spentMs >= budgetMs
    ? `budgetMs (${budgetMs} ms) was spent before it was decided.`
    : `The run ended after ${formatDuration(spentMs)}: what it needed next would have taken longer than budgetMs (${budgetMs} ms) allows.`
}

function company(because: Extract<Because, { about: 'company' }>): string {
  switch (because.code) {
    case 'leaks-more':
      return `Together with ${list(because.others)} it leaks more.`
    case 'leaks-together':
      return `That is so without ${list(because.others)}: together they leak.`
    case 'none-alone':
      return 'Alone none of them does.'
    case 'on-top':
      return `That comes on top of what ${list(because.beside)} ${because.beside.length > 1 ? 'add' : 'adds'} alone.`
  }
}

function conditions(because: Extract<Because, { about: 'conditions' }>): string {
  switch (because.code) {
    case 'differ':
      return whereConditionsDiffer(because.conditions)
    case 'under':
      return `While the collector ${collectorDoes([because.backend])}: ${reasons(because.because)}`
    case 'set-leaks':
      return `They leak under ${everyCondition(because.backends)}.`
    case 'none-settled':
      return `Not settled under ${everyCondition(because.backends)}.`
    case 'all-leak':
      return `It leaks under ${everyCondition(because.backends)}, most while it ${collectorDoes([because.deciding])}.`
    case 'all-clean':
      return `Clean under ${everyCondition(because.backends)}; the largest bound is that while it ${collectorDoes([because.deciding])}.`
  }
}
