import { holm } from '../stats/holm.js'
import type { TrialRecord, Verdict } from '../types.js'
import { armAgents, armsOf, subjectsOf } from './arms.js'
import type { ArmKey } from './arms.js'
import { componentOf } from './component.js'
import { culpritsOf } from './culprits.js'
import { unknownGrowth } from './growth.js'
import { judge } from './judgement.js'
import type { Judgement } from './judgement.js'
import { replay } from './replay.js'
import { openBook } from './trial-book.js'
import type { ArmState, Decision, DecisionSettings, Need } from './types.js'
import { noiseWarnings, residentWarnings, trialWarnings } from './warnings.js'

/**
 * What the trials so far show, and what is still wanted. Pure: the same trials give the same decision, in whatever order
 * they are listed (their numbers order them).
 * @throws IsolateLeakError `ERR_HOST_FAILED` when a completed trial lacks a reading
 */
export function decide(trials: readonly TrialRecord[], settings: DecisionSettings): Decision {
  const book = openBook(trials, settings)
  const subjects = subjectsOf(settings)
  const arms = armsOf(subjects)
  const accused = holm(
    subjects,
    (subject, remaining) => replay(subject, book, settings, remaining).state === 'leak',
  )
  const remaining = Math.max(1, subjects.length - accused.size)
  // An accused component was accused at the level of the pass in which it was, or a stricter one.
  const judgements = subjects.map(subject =>
    judge(replay(subject, book, settings, remaining), book, settings),
  )
  const warnings = [
    ...trialWarnings(trials, arms, book, settings),
    ...judgements.flatMap(judgement => residentWarnings(judgement, book, settings)),
    ...judgements.flatMap(judgement => noiseWarnings(judgement, settings)),
  ]
  const unknown = unknownGrowth('heap', settings)
  const toComponent = (judgement: Judgement, baseline: typeof unknown): Decision['components'][number] =>
    componentOf(judgement, baseline, book, warnings, settings)
  const baseline = judgements[0] === undefined ? unknown : toComponent(judgements[0], unknown).growth
  const components = judgements.map(judgement => toComponent(judgement, baseline))
  const states = arms.map(arm => armState(arm, judgements))
  return {
    verdict: overall(components.map(({ verdict }) => verdict)),
    components,
    culprits: culpritsOf(components),
    warnings,
    arms: states,
    done: states.every(({ needs }) => needs.length === 0),
  }
}

function overall(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('leak')) return 'leak'
  return verdicts.every(verdict => verdict === 'clean') ? 'clean' : 'inconclusive'
}

function armState(arm: ArmKey, judgements: readonly Judgement[]): ArmState {
  const own = judgements.filter(({ replay: { subject } }) => subject.arm === arm)
  const undecided = own.find(({ status }) => status !== 'decided')
  return { agents: armAgents(arm), status: undecided?.status ?? 'decided', needs: needsOf(arm, judgements) }
}

/** For each purpose and size the largest number that some component wants. */
function needsOf(arm: ArmKey, judgements: readonly Judgement[]): readonly Need[] {
  const needs = new Map<string, Need>()
  for (const { wants } of judgements) {
    for (const { arm: wanted, need } of wants) {
      const kind = `${need.purpose} ${String(need.operations)}`
      const known = needs.get(kind)
      if (wanted === arm && (known === undefined || known.trials < need.trials)) needs.set(kind, need)
    }
  }
  return [...needs.values()]
}
