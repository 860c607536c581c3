import { checkChoice, checkTexts } from './check/check-text.js'
import { showValue, invalidOption } from './check/check-object.js'
import type { Backend } from '../types/index.js'
import type { ResolvedAgent } from './resolved.js'

/** In the order in which they are listed where nobody asked for one. */
export const BACKENDS: readonly Backend[] = ['up', 'down', 'slow', 'error']

/**
 * Conditions of the agents' collector, in the order of the call.
 * @param agents how many agents there are: without any, there is nothing that several conditions could tell apart
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function resolveBackends(value: unknown = ['up'], agents: number): readonly Backend[] {
  if (!Array.isArray(value) || value.length === 0) {
    const names = BACKENDS.map(name => `'${name}'`).join(', ')
    throw invalidOption(`backends must be an array with one or more of ${names}, got ${showValue(value)}`)
  }
  const backends = value.map((one, index) => checkChoice(`backends[${String(index)}]`, one, BACKENDS))
  const twice = backends.find((one, index) => backends.indexOf(one) < index)
  if (twice !== undefined) throw invalidOption(`backends must not contain '${twice}' twice`)
  if (agents === 0 && backends.length > 1) {
    throw invalidOption(
      `backends must name no more than one where there are no agents, since nothing reports to a collector, ` +
        `got ${backends.map(name => `'${name}'`).join(', ')}`,
    )
  }
  return backends
}

/**
 * Agents that the application itself starts. One of them cannot be tried with and without.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function resolveKeep(value: unknown, agents: readonly ResolvedAgent[]): readonly string[] {
  if (value === undefined) return []
  const keep = checkTexts('keep', value)
  for (const name of keep) {
    if (name.trim() === '') throw invalidOption('keep must hold names of packages, one is empty')
    const tried = agents.find(agent => agent.name === name || agent.package?.name === name)
    if (tried !== undefined) {
      throw invalidOption(
        `keep: ${name} is also among the agents ('${tried.name}'), and what stays on cannot be tried with and without`,
      )
    }
  }
  return [...new Set(keep)]
}
