import type { Culprit, TrialRecord } from '../types/index.js'
import type { DecisionSettings } from '../types/decision-settings.js'

/** The agents of the smallest set that the culprit was measured in; of the application none. */
export function smallestSet(
  { agents, backend }: Pick<Culprit, 'agents' | 'backend'>,
  trials: readonly TrialRecord[],
): readonly string[] {
  if (agents.length === 0) return []
  const sets = trials
    .filter(trial => trial.backend === backend && agents.every(name => trial.agents.includes(name)))
    .map(trial => trial.agents)
  return sets.reduce((smallest, set) => (set.length < smallest.length ? set : smallest), sets[0] ?? agents)
}

/** The same set without the culprit, and without those that cannot do without it; `null` for the application. */
export function counterpartOf(
  set: readonly string[],
  { agents }: Pick<Culprit, 'agents'>,
  known: DecisionSettings['agents'],
): readonly string[] | null {
  if (agents.length === 0) return null
  let rest = set.filter(name => !agents.includes(name))
  for (;;) {
    const kept = rest.filter(name =>
      (known.find(agent => agent.name === name)?.requires ?? []).every(needed => rest.includes(needed)),
    )
    if (kept.length === rest.length) return rest
    rest = kept
  }
}
