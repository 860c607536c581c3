import { invalidOption } from './check/check-object.js'
import type { Backend } from '../types/index.js'
import type { ResolvedAgent } from './resolved.js'

/**
 * Refuses several conditions of the agents' collector where nothing could tell them apart.
 * @param agents how many agents there are
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function checkBackends(backends: readonly Backend[], agents: number): void {
  if (agents > 0 || backends.length < 2) return
  throw invalidOption(
    `backends must name no more than one where there are no agents, since nothing reports to a collector, ` +
      `got ${backends.map(name => `'${name}'`).join(', ')}`,
  )
}

/**
 * Refuses to keep an agent on that is to be tried with and without.
 * @param keep agents that the application itself starts
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function checkKeep(keep: readonly string[], agents: readonly ResolvedAgent[]): void {
  for (const name of keep) {
    const tried = agents.find(agent => agent.name === name || agent.package?.name === name)
    if (tried === undefined) continue
    throw invalidOption(
      `keep: ${name} is also among the agents ('${tried.name}'), and what stays on cannot be tried with and without`,
    )
  }
}
