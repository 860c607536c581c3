import { dirname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ResolvedAgent, ResolvedEntry, ResolvedOptions } from '../options/resolved.js'
import type { LaunchSpec, SidecarSpec } from './types.js'
import { preloadedLibraries } from '../agents/inspect/read-process.js'
import { type PlugAndPlay, plugAndPlayOf } from '../system/plug-and-play.js'
import { hasAddress, hasPlaceholder } from '../agents/placeholders.js'

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

/** What preloads an agent into a process is meant for the application. */
const PRELOADS = ['NODE_OPTIONS', 'LD_PRELOAD', 'DYLD_INSERT_LIBRARIES']

/**
 * The processes that belong to these agents. Each has the caller's variables, those of its agent but for preloads, and
 * its own.
 */
function sidecarSpecs(
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

interface Variable {
  readonly name: string
  readonly value: string
  /** Whose it is, where its value waits for a collector. */
  readonly agent: ResolvedAgent | null
}

/** As `yarn node` sets it. */
function nodeOptions({ options }: PlugAndPlay): string {
  return options.map(([option, value]) => `${option} ${JSON.stringify(value)}`).join(' ')
}

/** Names one file only. */
const AUTHORITIES = 'NODE_EXTRA_CA_CERTS'

/**
 * The variables of all, each layer over the one before: the caller's, the presets', the entry's, the agents' own. What
 * waits for a collector is kept apart, by agent. The collector's certificate takes nothing away: `env` keeps the authorities that
 * the application has of its own, to be filled into the same file.
 */
function launchEnvironment(
  base: Readonly<Record<string, string>>,
  entry: ResolvedEntry,
  agents: readonly ResolvedAgent[],
): Pick<LaunchSpec, 'env' | 'collectors'> {
  const variables = new Map<string, Variable>()
  const authorities = new Map<string, Variable>()
  const change = (
    changes: Readonly<Record<string, string | undefined>>,
    agent: ResolvedAgent | null = null,
  ): void => {
    for (const [name, value] of Object.entries(changes)) {
      const key = variableKey(name)
      const layer = key === AUTHORITIES && agent !== null && hasPlaceholder(value) ? authorities : variables
      if (value !== undefined)
        layer.set(key, { name, value: joined(name, layer.get(key)?.value, value), agent })
      else for (const one of agent === null ? [variables] : [variables, authorities]) one.delete(key)
    }
  }
  change(base)
  const table = plugAndPlayOf(entry.isCommand ? entry.cwd : dirname(entry.file))
  if (table !== null) change({ NODE_OPTIONS: nodeOptions(table) })
  change({ PORT: String(entry.port ?? 0) })
  for (const agent of agents) change(agent.preset?.env ?? {}, agent)
  change(entry.env)
  for (const agent of agents) change(agent.env, agent)

  const waits = ({ value, agent }: Variable): boolean => agent !== null && hasPlaceholder(value)
  const waiting = [...[...variables.values()].filter(waits), ...authorities.values()]
  const settled = [...variables.values()].filter(variable => !waits(variable))
  return {
    env: entriesOf(settled),
    collectors: agents.filter(reports).map(agent => ({
      agent: agent.name,
      elsewhere: reportsElsewhere(agent, entry),
      proof: agent.preset?.proof ?? null,
      env: entriesOf(waiting.filter(variable => variable.agent === agent)),
    })),
  }
}

/** Whether anything of the agent asks for the address of a collector. */
function reports({ preset, env, sidecar }: ResolvedAgent): boolean {
  const ofSidecar = [...Object.values(sidecar?.env ?? {}), ...(sidecar?.command ?? [])]
  return [...Object.values({ ...preset?.env, ...env }), ...ofSidecar].some(hasPlaceholder)
}

/** Windows does not tell `Path` from `PATH`. */
function variableKey(name: string): string {
  return process.platform === 'win32' ? name.toUpperCase() : name
}

/** NODE_OPTIONS add up: an agent's must not take the application's away, which would change more than the agent. */
function joined(name: string, before: string | undefined, value: string): string {
  return name === 'NODE_OPTIONS' ? [before, value].filter(Boolean).join(' ') : value
}

function entriesOf(variables: readonly Variable[]): Record<string, string> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]))
}

/** Whether the caller gave an address of its own in place of one that the preset sets. */
function reportsElsewhere({ preset, env }: ResolvedAgent, entry: ResolvedEntry): boolean {
  const own = { ...entry.env, ...env }
  return Object.entries(preset?.env ?? {}).some(
    ([name, value]) => hasAddress(value) && name in own && !hasAddress(own[name]),
  )
}

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
