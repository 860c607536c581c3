import type { Component, Culprit, Warning } from '../../types.js'
import { firstBackend } from '../growth/conditions.js'
import type { ConditionDecision } from './decide-condition.js'
import { verdictUnder } from './deciding-condition.js'
import { largestNeeds } from './largest-needs.js'
import { agentUnderAll, culpritUnderAll } from './merge-agents.js'
import { culpritOf } from './culprits.js'
import { mergeInteractions } from './merge-interactions.js'
import type { ArmState, Decision, DecisionSettings } from '../types.js'

/**
 * One decision from those of several conditions: a component leaks when it leaks under one of them, and is clean when
 * it is clean under all. What concerns the application without agents is the same in each and said once.
 */
export function mergeConditions(decided: readonly ConditionDecision[], settings: DecisionSettings): Decision {
  const application = decided.flatMap(({ components }) => components.slice(0, 1)).slice(0, 1)
  const agents = settings.agents.map((_, index) => agentUnderAll(decided, index + 1, settings))
  const culprits: readonly Culprit[] = [
    ...application.flatMap(component => applicationCulprit(component, settings, decided)),
    ...agents.flatMap(agent => culpritUnderAll(agent, settings)),
    ...mergeInteractions(decided, settings),
  ]
  return {
    verdict: verdictUnder(decided),
    components: [...application, ...agents],
    culprits,
    warnings: mergeWarnings(decided),
    arms: mergeArms(decided),
    sets: {
      exercised: mergeLines(decided, ({ sets }) => sets.exercised),
      notExercised: mergeLines(decided, ({ sets }) => sets.notExercised),
    },
    done: decided.every(({ done }) => done),
  }
}

/** The application reports to no collector: it leaks under every condition, if it does. */
function applicationCulprit(
  component: Component,
  settings: DecisionSettings,
  decided: readonly ConditionDecision[],
): readonly Culprit[] {
  const backends = decided.map(({ backend }) => backend)
  return culpritOf(component, firstBackend(settings)).map(culprit => ({ ...culprit, backends }))
}

/** Warnings name their condition, except those of the application without agents. */
function mergeWarnings(decided: readonly ConditionDecision[]): readonly Warning[] {
  const merged = new Map<string, Warning>()
  for (const { backend, warnings } of decided) {
    for (const warning of warnings) {
      const isShared = warning.agents?.length === 0
      const message = `${warning.message} (collector: ${backend})`
      const own = isShared ? warning : { ...warning, message, backend }
      const key = JSON.stringify([own.code, own.message, own.agents, own.trial])
      if (!merged.has(key)) merged.set(key, own)
    }
  }
  return [...merged.values()]
}

/** The arm of the baseline serves all conditions: it needs the most that one of them does. */
function mergeArms(decided: readonly ConditionDecision[]): readonly ArmState[] {
  const arms = new Map<string, ArmState>()
  for (const arm of decided.flatMap(condition => condition.arms)) {
    const key = JSON.stringify([arm.backend, arm.agents])
    const known = arms.get(key)
    const status = known === undefined || known.status === 'decided' ? arm.status : known.status
    const needs = largestNeeds([...(known?.needs ?? []), ...arm.needs])
    arms.set(key, { ...arm, ...known, status, needs })
  }
  return [...arms.values()]
}

/** Sentences that hold under every condition, and those that hold under some with their names. */
function mergeLines(
  decided: readonly ConditionDecision[],
  linesOf: (condition: ConditionDecision) => readonly string[],
): string[] {
  const said = new Map<string, string[]>()
  for (const condition of decided) {
    for (const line of linesOf(condition)) said.set(line, [...(said.get(line) ?? []), condition.backend])
  }
  return [...said].map(([line, backends]) =>
    backends.length === decided.length ? line : `${line} (collector: ${backends.join(', ')})`,
  )
}
