import type { ResolvedAgent } from '../options/resolved.js'
import { agentError } from './agent-error.js'

/**
 * Checks that every agent named in `requires` exists and that none needs itself.
 * @throws IsolateLeakError `ERR_AGENT_REQUIRES`
 */
export function checkRequires(agents: readonly ResolvedAgent[]): void {
  const byName = new Map(agents.map(agent => [agent.name, agent]))
  const checked = new Set<string>()

  const visit = (agent: ResolvedAgent, path: readonly string[]): void => {
    if (path.includes(agent.name)) {
      const cycle = [...path.slice(path.indexOf(agent.name)), agent.name].join(' → ')
      throw agentError('ERR_AGENT_REQUIRES', agent.name, `it requires itself: ${cycle}`)
    }
    if (checked.has(agent.name)) return
    for (const name of agent.requires) {
      const required = byName.get(name)
      if (required === undefined) {
        const names = [...byName.keys()].join(', ')
        throw agentError(
          'ERR_AGENT_REQUIRES',
          agent.name,
          `it requires '${name}', which is not among the agents (${names})`,
        )
      }
      visit(required, [...path, agent.name])
    }
    checked.add(agent.name)
  }

  for (const agent of agents) visit(agent, [])
}
