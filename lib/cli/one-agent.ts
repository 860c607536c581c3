import type { Agent, IsolateLeakOptions } from '../options/types.js'
import { UsageError } from './exit-status.js'

/** What a run that is about one agent cannot have. */
const OTHERS = ['agents', 'strategy', 'history', 'notify'] as const

/** Options of a run that is about one agent: those of a config without its agents, and without what is done every night. */
export type OneAgentOptions = Omit<IsolateLeakOptions, (typeof OTHERS)[number]> & {
  readonly agent: string | Agent
}

/**
 * What a config says of the agent that is named on the command line, with everything else that it says. An agent that
 * the config does not list is given by its name alone.
 * @throws UsageError when two of its agents have the name
 */
export function oneAgent(config: IsolateLeakOptions, name: string): OneAgentOptions {
  const { agents } = config
  const rest: Partial<IsolateLeakOptions> = { ...config }
  for (const other of OTHERS) Reflect.deleteProperty(rest, other)
  const list = Array.isArray(agents) ? (agents as readonly (string | Agent)[]) : []
  const found = list.filter(agent => namesOf(agent).includes(name))
  if (found.length > 1) throw new UsageError(`the config has ${String(found.length)} agents called '${name}'`)
  return { ...(rest as Omit<OneAgentOptions, 'agent'>), agent: found[0] ?? name }
}

/** By its own name, or by its package. */
function namesOf(agent: string | Agent): readonly string[] {
  const names = typeof agent === 'string' ? [agent] : [agent.name, agent.package, agent.preset]
  return names.flatMap(one => (typeof one === 'string' ? [one, one.replace(/(?<=.)@.*$/, '')] : []))
}
