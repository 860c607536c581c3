import type { Loaded } from '../probe/protocol.cjs'
import type { LaunchSpec } from './types.js'

/** Parts that agents are built of: where an agent is kept, those that are loaded count as its own. */
const PARTS = [/^@opentelemetry\//, /^@instana\/core$/]
/** Those of them that start the others. */
const WHOLE = ['@opentelemetry/auto-instrumentations-node', '@opentelemetry/sdk-node', '@instana/core']
/** Further ones are only counted. */
const MOST_NAMES = 4

/**
 * Known agents in an application that is launched without any: both sides of every comparison would carry them.
 *
 * @param keep names of those that are meant to be there
 * @returns a sentence that names them and how they are taken out, or `null`. That they are loaded is all that is known:
 * an agent that was never started is named as well.
 */
export function baselineAgents(loaded: Loaded, launch: LaunchSpec, keep: readonly string[]): string | null {
  const keepsOne = loaded.agents.some(({ name }) => keep.includes(name))
  const foreign = loaded.agents.filter(({ name }) => !keep.includes(name) && !(keepsOne && isPart(name)))
  // What people know by name comes before what it is built of.
  const found = foreign.toSorted((a, b) => Number(isPart(a.name)) - Number(isPart(b.name)))
  const [first] = found
  if (first === undefined) return null
  const shown = found.slice(0, MOST_NAMES).map(describe)
  const more = found.length - shown.length
  return (
    `it has ${[...shown, ...(more > 0 ? [`${String(more)} more`] : [])].join(', ')} loaded without any agent being on, so that ` +
    `both sides of every comparison would carry ${found.length === 1 ? 'it' : 'them'}. ${wayOut(first.name, launch)} and try it ` +
    `as an agent (agents: [${isPart(first.name) ? 'the path of a file that starts it' : `'${first.name}'`}]); or, if the application has to carry ${found.length === 1 ? 'it' : 'them'}, say so: ` +
    `keep: [${namesToKeep(found)
      .map(name => `'${name}'`)
      .join(', ')}]`
  )
}

/** One name stands for all that an agent is built of. */
function namesToKeep(found: Loaded['agents']): readonly string[] {
  const names = [...new Set(found.map(({ name }) => name))]
  const agents = names.filter(name => !isPart(name))
  return agents.length > 0 ? agents : [WHOLE.find(name => names.includes(name)) ?? names[0] ?? '']
}

function isPart(name: string): boolean {
  return PARTS.some(part => part.test(name))
}

function describe({ name, version, path, requiredBy }: Loaded['agents'][number]): string {
  const places = [
    path === '' ? 'seen by what it registered globally' : path,
    ...(requiredBy === undefined ? [] : [`required by ${requiredBy}`]),
  ]
  return `${name}${version === '' ? '' : ` ${version}`} (${places.join(', ')})`
}

function wayOut(name: string, { nodeArgs, env }: LaunchSpec): string {
  if (nodeArgs.some(argument => argument.includes(name))) return 'Take it out of entry.nodeArgs'
  if (env['NODE_OPTIONS']?.includes(name) === true) return 'Take it out of NODE_OPTIONS in entry.env'
  return 'Take what loads it out of the application for this run'
}
