import semver from 'semver'
import type { ResolvedAgent } from '../options/resolved.js'
import { agentError } from './agent-error.js'

const HAVE_IMPORT = '>=18.18.0'

/**
 * Checks that the application's Node knows `--import` where an agent is attached with it.
 * @throws IsolateLeakError `ERR_AGENT_ENGINE`
 */
export function checkImportFlag(agent: ResolvedAgent, nodeVersion: string): void {
  if (agent.import.length === 0) return
  if (semver.satisfies(nodeVersion, HAVE_IMPORT, { includePrerelease: true })) return
  throw agentError(
    'ERR_AGENT_ENGINE',
    agent.name,
    `it is attached with --import, which Node ${nodeVersion} does not have (18.18 and newer do); use require`,
  )
}
