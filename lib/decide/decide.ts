import { holm } from './stats/effect.js'
import type { TrialRecord } from '../types/index.js'
import { APPLICATION, subjectOf } from './growth/arms.js'
import { conditionsOf } from './growth/conditions.js'
import { culpritOf, interactionOf } from './components/deciding-condition.js'
import { decideCondition } from './components/decide-condition.js'
import { mergeConditions } from './components/merge-conditions.js'
import { replay } from './rule/replay.js'
import type { DecisionSettings } from '../types/decision-settings.js'
import type { Decision } from './types.js'

/**
 * Hypotheses about sets of agents: that those which do not leak alone do not leak together, and that all together grow by no
 * more than their sum. Smaller sets are only accused once one of these is rejected, so they need no share of the
 * error rate (closed testing: R. Marcus, E. Peritz and K. R. Gabriel, Biometrika 63, 1976).
 */
export const SET_HYPOTHESES = 2

/**
 * What the trials so far show, and what is still wanted. Pure: the same trials give the same decision, in whatever order
 * they are listed (their numbers order them).
 *
 * Every condition of the agents' collector is decided on its own trials and the baseline's. All hypotheses of all
 * conditions share one error rate; the application, which is the same in each, is one of them.
 * @throws IsolateLeakError `ERR_HOST_FAILED` when a completed trial lacks a reading
 */
export function decide(trials: readonly TrialRecord[], settings: DecisionSettings): Decision {
  const conditions = conditionsOf(trials, settings)
  const hypotheses = conditions.flatMap(({ book }, index) => {
    const agents = settings.agents.map(({ name }) => ({ subject: subjectOf([name], settings), book }))
    return index === 0 ? [{ subject: APPLICATION, book }, ...agents] : agents
  })
  const hasSets = settings.together === true && settings.agents.length > 1
  const further = ((hasSets ? SET_HYPOTHESES : 0) + (settings.others ?? 0)) * conditions.length
  const accused = holm(
    hypotheses,
    ({ subject, book }, remaining) => replay(subject, book, settings, remaining + further).state === 'leak',
  )
  // An accused component was accused at the level of the pass in which it was, or a stricter one.
  const remaining = Math.max(1, hypotheses.length + further - accused.size)
  const decided = conditions.map(condition => decideCondition(condition, settings, remaining, hasSets))
  const [only, ...others] = decided
  if (only === undefined || others.length > 0) return mergeConditions(decided, settings)
  const { backend, verdict, components, interactions, warnings, arms, sets: described, done } = only
  const culprits = [
    ...components.flatMap(component => culpritOf(component, backend)),
    ...interactions.flatMap(found => interactionOf(found, backend)),
  ]
  return { verdict, components, culprits, warnings, arms, sets: described, done }
}
