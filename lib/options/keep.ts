import { checkTexts } from './check/check-text.js'
import { invalidOption } from './check/invalid-option.js'
import type { ResolvedAgent } from './resolved.js'

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
