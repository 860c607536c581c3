import type { ResolvedAgent, ResolvedEntry } from '../../options/resolved.js'
import type { LaunchSpec } from '../types.js'
import { dirname } from 'node:path'
import { plugAndPlayOf, type PlugAndPlay } from '../../system/plug-and-play.js'
import { hasAddress, hasPlaceholder } from '../../agents/placeholders.js'

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
export function launchEnvironment(
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
export function variableKey(name: string): string {
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
