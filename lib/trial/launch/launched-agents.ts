import type { ResolvedAgent, ResolvedOptions } from '../../options/resolved.js'

/**
 * What is attached to the application when `names` are on: these agents, or the carrier with all other instrumentations
 * switched off.
 */
export function launchedAgents(
  { agents, carrier }: Pick<ResolvedOptions, 'agents' | 'carrier'>,
  names: readonly string[],
): readonly ResolvedAgent[] {
  if (carrier === null) return agents.filter(({ name }) => names.includes(name))
  const { agent, off } = carrier
  const without = agents.map(({ name }) => name).filter(name => !names.includes(name))
  return [{ ...agent, env: { ...agent.env, ...off(without) } }]
}
