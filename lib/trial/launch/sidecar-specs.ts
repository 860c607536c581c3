import type { ResolvedAgent } from '../../options/resolved.js'
import type { SidecarSpec } from '../types.js'
import { variableKey } from './launch-environment.js'

/** What preloads an agent into a process is meant for the application. */
const PRELOADS = ['NODE_OPTIONS', 'LD_PRELOAD', 'DYLD_INSERT_LIBRARIES']

/**
 * The processes that belong to these agents. Each has the caller's variables, those of its agent but for preloads, and
 * its own.
 */
export function sidecarSpecs(
  agents: readonly ResolvedAgent[],
  baseEnv: Readonly<Record<string, string>>,
): SidecarSpec[] {
  return agents.flatMap(({ name: agent, env, preset, sidecar }) => {
    if (sidecar === null) return []
    const { command, cwd, ready } = sidecar
    const shared = Object.entries({ ...preset?.env, ...env }).filter(([name]) => !PRELOADS.includes(name))
    const variables = new Map<string, readonly [string, string]>()
    for (const [name, value] of [...Object.entries(baseEnv), ...shared, ...Object.entries(sidecar.env)]) {
      if (value === undefined) variables.delete(variableKey(name))
      else variables.set(variableKey(name), [name, value])
    }
    return [{ agent, command, cwd, ready, env: Object.fromEntries(variables.values()) }]
  })
}
