import type { ResolvedAgent } from '../options/resolved.js'
import { hasAddress } from './placeholders.js'

/**
 * Why the agents cannot all be on together, as the rest of a sentence; `null` when nothing speaks against it. Two
 * agents exclude each other when they are the same package or preload the same file (two versions or two settings of one
 * agent), or set a variable differently. Agents of which one requires the other are meant to be together.
 */
export function findConflict(agents: readonly ResolvedAgent[]): string | null {
  for (const [index, first] of agents.entries()) {
    for (const second of agents.slice(index + 1)) {
      if (isRequired(first, second, agents) || isRequired(second, first, agents)) continue
      const reason = conflictOf(first, second)
      if (reason !== null) return `${first.name} and ${second.name} ${reason}`
    }
  }
  return null
}

function isRequired(agent: ResolvedAgent, by: ResolvedAgent, agents: readonly ResolvedAgent[]): boolean {
  return armAgents(agents, [by.name]).includes(agent)
}

function conflictOf(first: ResolvedAgent, second: ResolvedAgent): string | null {
  if (first.package !== null && first.package.name === second.package?.name) {
    return `are both ${first.package.name}`
  }
  const preloads = new Set([...first.require, ...first.import])
  const shared = [...second.require, ...second.import].find(file => preloads.has(file))
  if (shared !== undefined) return `both preload ${shared.startsWith('data:') ? 'the same code' : shared}`
  const [one, other] = [variablesOf(first), variablesOf(second)]
  const address = Object.keys(one).find(name => hasAddress(one[name]) && hasAddress(other[name]))
  if (address !== undefined) return `are both told by ${address} where to report`
  const variable = differently(one, other)
  return variable === undefined ? null : `set ${variable} differently`
}

function variablesOf({ preset, env }: ResolvedAgent): ResolvedAgent['env'] {
  return { ...preset?.env, ...env }
}

/** A variable that both change, to different values. NODE_OPTIONS add up. */
function differently(first: ResolvedAgent['env'], second: ResolvedAgent['env']): string | undefined {
  const key = (name: string): string => (process.platform === 'win32' ? name.toUpperCase() : name)
  const values = new Map(Object.entries(first).map(([name, value]) => [key(name), value]))
  const found = Object.entries(second).find(
    ([name, value]) => values.has(key(name)) && values.get(key(name)) !== value && name !== 'NODE_OPTIONS',
  )
  return found?.[0]
}

/**
 * The agents that are on when `names` are: with everything they require, in the order of the call, which is the
 * order in which they are loaded.
 *
 * @param agents as validated: every required agent exists
 */
export function armAgents(
  agents: readonly ResolvedAgent[],
  names: readonly string[],
): readonly ResolvedAgent[] {
  const armed = new Set<string>()
  const arm = (name: string): void => {
    if (armed.has(name)) return
    armed.add(name)
    agents.find(agent => agent.name === name)?.requires.forEach(arm)
  }
  names.forEach(arm)
  return agents.filter(({ name }) => armed.has(name))
}
