import type { Backend } from '../../types/index.js'
import type { DecidedWarning } from '../because.js'
import type { DecidedComponent, DecidedCulprit, SetNote } from '../decided.js'
import { firstBackend } from '../growth/conditions.js'
import type { ConditionDecision } from './decide-condition.js'
import { verdictUnder } from './deciding-condition.js'
import { largestNeeds } from './largest-needs.js'
import { agentUnderAll, culpritUnderAll } from './merge-agents.js'
import { culpritOf } from './culprits.js'
import { mergeInteractions } from './merge-interactions.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import type { ArmState, Decision } from '../types.js'

/**
 * One decision from those of several conditions: a component leaks when it leaks under one of them, and is clean when
 * it is clean under all. What concerns the application without agents is the same in each and said once.
 */
export function mergeConditions(decided: readonly ConditionDecision[], settings: DecisionSettings): Decision {
  const application = decided.flatMap(({ components }) => components.slice(0, 1)).slice(0, 1)
  const agents = settings.agents.map((_, index) => agentUnderAll(decided, index + 1, settings))
  const culprits: readonly DecidedCulprit[] = [
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
      exercised: mergeNotes(decided, ({ sets }) => sets.exercised),
      notExercised: mergeNotes(decided, ({ sets }) => sets.notExercised),
    },
    done: decided.every(({ done }) => done),
  }
}

/** The application reports to no collector: it leaks under every condition, if it does. */
function applicationCulprit(
  component: DecidedComponent,
  settings: DecisionSettings,
  decided: readonly ConditionDecision[],
): readonly DecidedCulprit[] {
  const backends = decided.map(({ backend }) => backend)
  return culpritOf(component, firstBackend(settings)).map(culprit => ({ ...culprit, backends }))
}

/** Warnings name their condition, except those of the application without agents. */
function mergeWarnings(decided: readonly ConditionDecision[]): readonly DecidedWarning[] {
  const merged = new Map<string, DecidedWarning>()
  for (const { backend, warnings } of decided) {
    for (const warning of warnings) {
      const isShared = warning.agents?.length === 0
      const own = isShared ? warning : { ...warning, backend }
      const key = JSON.stringify([own.code, own.because, own.agents, own.trial, own.backend])
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

/** Notes that hold under every condition, and those that hold under some with their names. */
function mergeNotes(
  decided: readonly ConditionDecision[],
  notesOf: (condition: ConditionDecision) => readonly SetNote[],
): SetNote[] {
  const said = new Map<string, { readonly note: SetNote; readonly backends: Backend[] }>()
  for (const condition of decided) {
    for (const note of notesOf(condition)) {
      const key = JSON.stringify(note)
      const known = said.get(key) ?? { note, backends: [] }
      known.backends.push(condition.backend)
      said.set(key, known)
    }
  }
  return [...said.values()].map(({ note, backends }) =>
    backends.length === decided.length ? note : { ...note, backends },
  )
}
