import type { Loaded } from '../probe/protocol.cjs'
import type { LaunchSpec } from './types.js'
import { readFile, realpath } from 'node:fs/promises'
import { basename, resolve } from 'node:path'

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

/** Whether agents are built of it, whatever brings it along. */
export function isPart(name: string): boolean {
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

/**
 * Compares what the probe found in the application with what was planned.
 * @returns a sentence naming what is foreign, or `null` when the application runs as planned. Behind a launcher of an
 * agent (`command`) preloads and arguments are the agent's own business, behind a command that of the application.
 */
export function contamination(loaded: Loaded, launch: LaunchSpec, plannedNodeOptions: string): string | null {
  if (launch.command.length > 0 || launch.isCommand) return null

  const extraArguments = extra(loaded.execArgv, launch.nodeArgs)
  if (extraArguments.length > 0) {
    return `Node was started with arguments that are not part of the plan: ${extraArguments.join(' ')}`
  }
  if (loaded.nodeOptions !== plannedNodeOptions) {
    const foreign = extra(loaded.nodeOptions.split(' '), plannedNodeOptions.split(' ')).join(' ')
    return `NODE_OPTIONS of the application holds something that is not part of the plan: ${foreign || loaded.nodeOptions || '(nothing: it was emptied)'}`
  }
  const plannedLibraries = (launch.env['LD_PRELOAD'] ?? '').split(/[\s:]+/)
  const foreignLibraries = extra(loaded.injected, plannedLibraries)
  if (foreignLibraries.length > 0) {
    return (
      `a library is injected into every process of this machine: ${foreignLibraries.join(', ')}. Both sides of the ` +
      'comparison would carry it: switch the injection off for this run and attach it as an agent with ' +
      "env: { LD_PRELOAD: '...' }"
    )
  }
  return null
}

/** Elements of `found` that are not in `planned`, counting repetitions. */
function extra(found: readonly string[], planned: readonly string[]): string[] {
  const open = [...planned]
  return found.filter(element => {
    const index = open.indexOf(element)
    if (index === -1) return element !== ''
    open.splice(index, 1)
    return false
  })
}

/**
 * Libraries of agents that are not in the address space of the application. The dynamic loader complains about one that it cannot load
 * and goes on without it (ld.so(8), LD_PRELOAD): such an agent would be called clean.
 *
 * Only paths are judged: names that the loader looks up, and tokens like `$LIB`, may stand for any file. So may everything behind an
 * agent's launcher (`command`), which may be a container.
 *
 * @param readMaps text of `/proc/PID/maps`; where it cannot be read, nothing is known
 * @returns a sentence that names them, or `null`
 */
export async function unloadedLibraries(
  { command, cwd, agentLibraries }: Pick<LaunchSpec, 'command' | 'cwd' | 'agentLibraries'>,
  readMaps: () => Promise<string>,
): Promise<string | null> {
  const paths = agentLibraries.filter(library => library.includes('/') && !library.includes('$'))
  if (command.length > 0 || paths.length === 0) return null
  const maps = await readMaps().catch(() => null)
  if (maps === null) return null
  const mapped = new Set(
    maps.split('\n').flatMap(line => /\s(\/.*?)(?: \(deleted\))?$/.exec(line)?.[1] ?? []),
  )
  const names = new Set([...mapped].map(file => basename(file)))
  const missing: string[] = []
  for (const path of paths) {
    // A link is mapped as what it leads to; where that is elsewhere than it seems from here, the name still tells.
    const real = await realpath(resolve(cwd, path)).catch(() => path)
    if (!mapped.has(real) && !names.has(basename(real)) && !names.has(basename(path))) missing.push(path)
  }
  if (missing.length === 0) return null
  return (
    `expected the loader to inject ${missing.join(' and ')}, named in LD_PRELOAD, but the application runs without: is the ` +
    'path right, and the library made for this machine and its C library?'
  )
}

/** What is mapped into a process, as the kernel tells it. */
export async function mapsOf(pid: number): Promise<string> {
  return readFile(`/proc/${String(pid)}/maps`, 'utf8')
}
