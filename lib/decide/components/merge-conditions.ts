import type { Backend, Verdict } from '../../types/index.js'
import type { Because, DecidedWarning } from '../because.js'
import { firstBackend } from '../growth/conditions.js'
import type { ConditionDecision, FoundInteraction } from './decide-condition.js'
import {
  decidingCondition,
  verdictUnder,
  largestNeeds,
  culpritOf,
  interactionOf,
} from './deciding-condition.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import type {
  ArmState,
  Decision,
  DecidedComponent,
  DecidedCondition,
  DecidedCulprit,
  SetNote,
} from '../types.js'

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

/** Agents that leak together under several conditions are one culprit. */
function mergeInteractions(
  decided: readonly ConditionDecision[],
  settings: DecisionSettings,
): readonly DecidedCulprit[] {
  const bySet = new Map<string, { backend: Backend; found: FoundInteraction }[]>()
  for (const { backend, interactions } of decided) {
    for (const found of interactions.filter(({ component }) => component.verdict === 'leak')) {
      const key = JSON.stringify(found.agents)
      bySet.set(key, [...(bySet.get(key) ?? []), { backend, found }])
    }
  }
  return [...bySet.values()].flatMap(leaks => {
    const deciding = decidingCondition(
      leaks.map(leak => ({ ...leak, ...leak.found.component })),
      settings,
    )
    if (deciding === undefined) return []
    const { backend, found } = deciding
    const backends = leaks.map(leak => leak.backend)
    const which = underWhich(found.agents, { backends, deciding: backend }, decided)
    return interactionOf(found, backend).map(culprit => ({
      ...culprit,
      backends,
      because: [which, ...culprit.because],
    }))
  })
}

function underWhich(
  agents: readonly string[],
  { backends, deciding }: { readonly backends: readonly Backend[]; readonly deciding: Backend },
  decided: readonly ConditionDecision[],
): Because {
  if (backends.length === decided.length)
    return { about: 'conditions', code: 'set-leaks', backends, deciding }
  const conditions = decided.map(condition => ({
    backend: condition.backend,
    verdict: backends.includes(condition.backend) ? ('leak' as const) : verdictOf(agents, condition),
  }))
  // Where one of them leaks alone, the set was not asked for as a set.
  const told = conditions.filter((one): one is { backend: Backend; verdict: Verdict } => one.verdict !== null)
  return differ(told)
}

/** What a condition says about a set that it does not accuse; `null`: one of the set leaks alone there. */
function verdictOf(
  agents: readonly string[],
  { components, open, done }: ConditionDecision,
): 'clean' | 'inconclusive' | null {
  const own = components.filter(({ kind, name }) => kind === 'agent' && agents.includes(name))
  if (own.some(({ verdict }) => verdict === 'leak')) return null
  return !open && done && own.every(({ verdict }) => verdict === 'clean') ? 'clean' : 'inconclusive'
}

/** An agent that was judged under several conditions as one component. */
function agentUnderAll(
  decided: readonly ConditionDecision[],
  index: number,
  settings: DecisionSettings,
): DecidedComponent {
  const found = decided.flatMap(({ backend, components }) =>
    components.slice(index, index + 1).map(component => ({ backend, component })),
  )
  const conditions = found.map(({ backend, component }): DecidedCondition => {
    const { verdict, growth, metrics, startBytes, because, trials, judged } = component
    return { backend, verdict, growth, metrics, startBytes, because, trials, judged }
  })
  const deciding = decidingCondition(conditions, settings)
  const component = found.find(({ backend }) => backend === deciding?.backend)?.component
  if (deciding === undefined || component === undefined)
    throw new Error('expected an agent in each condition')
  return {
    ...component,
    verdict: verdictUnder(conditions),
    because: becauseOf(conditions, deciding),
    trials: conditions.reduce((sum, { trials }) => sum + trials, 0),
    conditions,
  }
}

/** The culprit that a component with conditions is, with all of them under which it leaks. */
function culpritUnderAll(
  component: DecidedComponent,
  settings: Pick<DecisionSettings, 'threshold'>,
): readonly DecidedCulprit[] {
  const leaks = (component.conditions ?? []).filter(({ verdict }) => verdict === 'leak')
  const deciding = decidingCondition(leaks, settings)
  if (deciding === undefined) return []
  const others = leaks.filter(leak => leak !== deciding).flatMap(({ metrics }) => metrics)
  return culpritOf(component, deciding.backend).map(culprit => {
    const named = new Set([culprit.metric, ...culprit.alsoGrows.map(({ metric }) => metric)])
    // What grows under another condition alone is no less a leak.
    const more = others
      .filter(({ verdict, metric }) => verdict === 'leak' && !named.has(metric) && named.add(metric))
      .map(({ metric, growth }) => ({ metric, growth }))
    return {
      ...culprit,
      backends: leaks.map(({ backend }) => backend),
      alsoGrows: [...culprit.alsoGrows, ...more],
    }
  })
}

function becauseOf(conditions: readonly DecidedCondition[], deciding: DecidedCondition): readonly Because[] {
  const { backend, verdict, because } = deciding
  const same = conditions.every(one => one.verdict === verdict)
  const overview: Because = same
    ? {
        about: 'conditions',
        code: CODES[verdict],
        backends: conditions.map(one => one.backend),
        deciding: backend,
      }
    : differ(conditions)
  const open = conditions.filter(one => one.verdict === 'inconclusive')
  // What it holds under another condition is told whatever decides.
  const held = conditions
    .filter(one => one.backend !== backend)
    .flatMap(one => one.because.filter(({ about }) => about === 'held'))
  if (verdict !== 'inconclusive' || open.length === 1) return [overview, ...because, ...held]
  return [
    overview,
    ...open.map((one): Because => ({
      about: 'conditions',
      code: 'under',
      backend: one.backend,
      because: one.because,
    })),
  ]
}

const CODES = { leak: 'all-leak', clean: 'all-clean', inconclusive: 'none-settled' } as const

/** Under which conditions something leaks, is not settled, is clean. */
function differ(conditions: readonly Pick<DecidedCondition, 'backend' | 'verdict'>[]): Because {
  return {
    about: 'conditions',
    code: 'differ',
    conditions: conditions.map(({ backend, verdict }) => ({ backend, verdict })),
  }
}
