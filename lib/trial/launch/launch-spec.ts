import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ResolvedAgent, ResolvedEntry } from '../../options/resolved.js'
import type { LaunchSpec } from '../types.js'
import { preloadedLibraries } from '../../agents/inspect/mapped-libraries.js'
import { launchEnvironment } from './launch-environment.js'
import { sidecarSpecs } from './sidecar-specs.js'

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
  const { env, collectors } = launchEnvironment(baseEnv, entry, agents)
  const required = agents.flatMap(agent => agent.require.map(file => ({ kind: 'require', file }) as const))
  const imported = agents.flatMap(agent => agent.import.map(file => ({ kind: 'import', file }) as const))
  const preloads = [...required, ...imported]
  return {
    command: agents.flatMap(agent => agent.command),
    nodePath: entry.nodePath,
    nodeArgs: [
      ...entry.nodeArgs,
      ...agents.flatMap(agent => agent.nodeArgs),
      ...preloads.flatMap(({ kind, file }) => [`--${kind}`, file]),
    ],
    file: entry.file,
    isCommand: entry.isCommand,
    args: entry.args,
    cwd: entry.cwd,
    env,
    stdin: entry.stdin,
    preloads,
    port: entry.port,
    collectors,
    sidecars: sidecarSpecs(agents, baseEnv),
    agentPaths: [...new Set(agents.flatMap(agent => pathsOf(agent, entry.file)))],
    agentLibraries: agents.flatMap(agent => preloadedLibraries(agent.env['LD_PRELOAD'] ?? '')),
  }
}

/** An agent may be a file of the application itself: then its package is not its own, but the application's. */
function pathsOf(agent: ResolvedAgent, entryFile: string): string[] {
  const root = agent.package?.root
  const own = root !== undefined && !entryFile.startsWith(root + sep) ? [root] : []
  const imported = agent.import.filter(url => url.startsWith('file:')).map(url => fileURLToPath(url))
  return [...own, ...agent.require, ...imported]
}
