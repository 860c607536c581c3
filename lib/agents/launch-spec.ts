import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ResolvedAgent, ResolvedEntry } from '../options/resolved.js'
import type { LaunchSpec } from '../trial/types.js'

/**
 * The exact command, arguments and environment that start the application with these agents and no others.
 *
 * @param agents all that are on, in the order in which they are loaded
 * @param baseEnv the caller's environment, cleaned
 */
export function launchSpecFor(
  entry: ResolvedEntry,
  agents: readonly ResolvedAgent[],
  baseEnv: Readonly<Record<string, string>>,
): LaunchSpec {
  return {
    command: agents.flatMap(agent => agent.command),
    nodePath: entry.nodePath,
    nodeArgs: [
      ...entry.nodeArgs,
      ...agents.flatMap(agent => agent.nodeArgs),
      ...agents.flatMap(agent => agent.require.flatMap(file => ['--require', file])),
      ...agents.flatMap(agent => agent.import.flatMap(url => ['--import', url])),
    ],
    file: entry.file,
    args: entry.args,
    cwd: entry.cwd,
    env: environment(baseEnv, [{ PORT: '0' }, entry.env, ...agents.map(agent => agent.env)]),
    stdin: entry.stdin,
    agentPaths: [...new Set(agents.flatMap(agent => pathsOf(agent, entry.file)))],
  }
}

/**
 * Applies changes in turn; `undefined` unsets. NODE_OPTIONS add up: an agent's must not take the application's away, which
 * would change more than the agent. Windows does not tell `Path` from `PATH`.
 */
function environment(
  base: Readonly<Record<string, string>>,
  changes: readonly Readonly<Record<string, string | undefined>>[],
): Record<string, string> {
  const key = (name: string): string => (process.platform === 'win32' ? name.toUpperCase() : name)
  const variables = new Map(Object.entries(base).map(([name, value]) => [key(name), [name, value] as const]))
  const joined = (name: string, value: string): string =>
    [variables.get(key(name))?.[1], value].filter(Boolean).join(' ')
  for (const change of changes) {
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined) variables.delete(key(name))
      else variables.set(key(name), [name, name === 'NODE_OPTIONS' ? joined(name, value) : value])
    }
  }
  return Object.fromEntries(variables.values())
}

/** An agent may be a file of the application itself: then its package is not its own, but the application's. */
function pathsOf(agent: ResolvedAgent, entryFile: string): string[] {
  const root = agent.package?.root
  const own = root !== undefined && !entryFile.startsWith(root + sep) ? [root] : []
  const imported = agent.import.filter(url => url.startsWith('file:')).map(url => fileURLToPath(url))
  return [...own, ...agent.require, ...imported]
}
