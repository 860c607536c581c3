import type { ResolvedAgent } from '../options/resolved.js'

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
