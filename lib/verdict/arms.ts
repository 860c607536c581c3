import type { DecisionSettings } from './types.js'

/** A set of agents that is launched, as a key: the names in the order of the call. */
export type ArmKey = string

/** A component and the two arms whose comparison judges it. */
export interface Subject {
  readonly name: string
  readonly kind: 'agent' | 'application'
  readonly arm: ArmKey
  /** The arm without the component; `null` for the application, which is judged by its own growth. */
  readonly reference: ArmKey | null
}

export const BASELINE: ArmKey = '[]'

/** Key of a set of agents, whatever their order. */
export function armKey(agents: readonly string[], order: readonly string[]): ArmKey {
  return JSON.stringify([...agents].sort((a, b) => order.indexOf(a) - order.indexOf(b)))
}

export function armAgents(key: ArmKey): readonly string[] {
  return JSON.parse(key) as string[]
}

/** How an arm is called in sentences. */
export function armName(key: ArmKey): string {
  const agents = armAgents(key)
  return agents.length === 0 ? 'the application alone' : agents.join(' + ')
}

/**
 * The application and every agent with their arms. An agent runs together with the agents it requires (and those
 * that they require) and is compared with these alone.
 */
export function subjectsOf(settings: Pick<DecisionSettings, 'agents'>): readonly Subject[] {
  const order = settings.agents.map(agent => agent.name)
  const direct = new Map(settings.agents.map(agent => [agent.name, agent.requires]))
  const closure = (name: string, seen = new Set<string>()): Set<string> => {
    if (!seen.has(name)) {
      seen.add(name)
      for (const required of direct.get(name) ?? []) closure(required, seen)
    }
    return seen
  }
  const agents = settings.agents.map(({ name }): Subject => {
    const together = [...closure(name)]
    const without = together.filter(other => other !== name)
    return { name, kind: 'agent', arm: armKey(together, order), reference: armKey(without, order) }
  })
  return [{ name: 'application', kind: 'application', arm: BASELINE, reference: null }, ...agents]
}

/** Every arm that must be launched: the baseline first. */
export function armsOf(subjects: readonly Subject[]): readonly ArmKey[] {
  return [
    ...new Set(subjects.flatMap(({ arm, reference }) => (reference === null ? [arm] : [reference, arm]))),
  ]
}
