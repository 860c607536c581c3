import type { Backend, Verdict } from '../../types/index.js'
import type { Because } from '../because.js'
import type { DecidedCulprit } from '../decided.js'
import { interactionOf } from './culprits.js'
import type { ConditionDecision, FoundInteraction } from './decide-condition.js'
import { decidingCondition } from './deciding-condition.js'
import { differ } from './merge-agents.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** Agents that leak together under several conditions are one culprit. */
export function mergeInteractions(
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
