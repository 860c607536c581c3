import type { DecisionSettings } from '../../types/decision-settings.js'
import type { PlannedTrial } from '../../types/index.js'

/** A set of agents that is launched, as a key: the names in the order of the call. */
export type ArmKey = string

/** A component, or a set of agents judged together, and the two arms whose comparison judges it. */
export interface Subject {
  readonly name: string
  readonly kind: 'agent' | 'application' | 'set'
  readonly arm: ArmKey
  /** The arm without the component; `null` for the application, which is judged by its own growth. */
  readonly reference: ArmKey | null
}

type Agents = Pick<DecisionSettings, 'agents'>

export const BASELINE: ArmKey = '[]'

export const APPLICATION: Subject = {
  name: 'application',
  kind: 'application',
  arm: BASELINE,
  reference: null,
}

/** Longest set that is named by all of its agents. */
const NAMED = 4

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

/** How a set of agents is called in sentences, the larger ones by their number. */
export function setName(agents: readonly string[], settings: Agents): string {
  if (agents.length <= NAMED) return agents.join(' + ')
  const left = settings.agents.map(({ name }) => name).filter(name => !agents.includes(name))
  const all = `all ${String(settings.agents.length)} agents`
  if (left.length === 0) return all
  return left.length <= NAMED
    ? `${all} but ${left.join(', ')}`
    : `${agents.slice(0, 2).join(' + ')} + ${String(agents.length - 2)} others`
}

/** The agents with those that they require, and so on, in the order of the call. */
export function closureOf(names: readonly string[], { agents }: Agents): readonly string[] {
  const direct = new Map(agents.map(agent => [agent.name, agent.requires]))
  const seen = new Set<string>()
  const visit = (name: string): void => {
    if (seen.has(name)) return
    seen.add(name)
    direct.get(name)?.forEach(visit)
  }
  names.forEach(visit)
  return agents.map(({ name }) => name).filter(name => seen.has(name))
}

/**
 * One or more agents as they are judged: launched with the agents they require (and those that they require), and
 * compared with these alone, or with these and `beside`.
 */
export function subjectOf(
  names: readonly string[],
  settings: Agents,
  beside: readonly string[] = [],
): Subject {
  const order = settings.agents.map(({ name }) => name)
  const together = closureOf([...names, ...beside], settings)
  const without = closureOf(
    together.filter(name => !names.includes(name)),
    settings,
  )
  return {
    name: setName(names, settings),
    kind: names.length === 1 && beside.length === 0 ? 'agent' : 'set',
    arm: armKey(together, order),
    reference: armKey(without, order),
  }
}

/** The application and every agent with their arms. */
export function subjectsOf(settings: Agents): readonly Subject[] {
  return [APPLICATION, ...settings.agents.map(({ name }) => subjectOf([name], settings))]
}

/** Key of what a trial launches: a set of agents and how their collector behaves. */
export function variantKey({ agents, backend }: Pick<PlannedTrial, 'agents' | 'backend'>): string {
  return JSON.stringify([backend, ...agents])
}
