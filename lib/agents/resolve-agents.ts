import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { showValue, invalidOption } from '../options/check/check-object.js'
import type { ResolvedAgent, ResolvedEntry } from '../options/resolved.js'
import type { RunWarning } from '../types/index.js'
import type { InstalledAgent, Installs } from './install-agents.js'
import {
  type AgentPlaces,
  type Preload,
  findFile,
  packageMissing,
  preloadKindOf,
  resolvePreload,
  parseSpecifier,
  agentError,
} from './preload.js'
import {
  resolveObjectAgent,
  type FoundAgent,
  foundAgent,
  packagePreloads,
  preloadAsIs,
} from './resolve-object-agent.js'
import semver from 'semver'
import { nonEmpty } from '../options/check/fields.js'
import { parse } from '../options/check/parse.js'
import { findPackage } from './find-package.js'
import { presetFor } from './presets/index.js'

/**
 * Finds what the agents preload, and checks that they fit together and can run on the application's Node. An empty
 * list is allowed: then the application alone is judged.
 *
 * @param cwd working directory of the caller
 * @param installs what was installed for those that ask for a version
 * @throws IsolateLeakError `ERR_AGENT_NOT_FOUND`, `ERR_AGENT_PACKAGE_MISSING`, `ERR_AGENT_DUPLICATE`,
 * `ERR_AGENT_REQUIRES`, `ERR_AGENT_ENGINE` (no `--import` in this Node), `ERR_OPTION_INVALID` or
 * `ERR_OPTION_UNSUPPORTED`
 */
export function resolveAgents(
  value: unknown,
  entry: ResolvedEntry,
  cwd: string = process.cwd(),
  installs: Installs = new Map(),
): { readonly agents: readonly ResolvedAgent[]; readonly warnings: readonly RunWarning[] } {
  if (!Array.isArray(value)) {
    throw invalidOption(
      `agents must be an array (an empty one to judge the application alone), got ${showValue(value)}`,
    )
  }
  const places = placesFor(entry, cwd)
  const found = value.map((one: unknown, index) => resolveAgent(one, index, { places, entry, installs }))
  const agents = found.map(({ agent }) => agent)
  checkUnique(agents)
  checkRequires(agents)
  return { agents, warnings: found.flatMap(one => engineWarning(one, entry.nodeVersion)) }
}

function resolveAgent(
  value: unknown,
  index: number,
  { places, entry, installs }: { places: AgentPlaces; entry: ResolvedEntry; installs: Installs },
): FoundAgent {
  const found =
    typeof value === 'string'
      ? resolveStringAgent(`agents[${index}]`, value, places, installs)
      : resolveObjectAgent(`agents[${index}]`, value, places, entry, installs)
  if (found.agent.name === 'application') {
    throw invalidOption(`agents[${index}]: 'application' is the name of the program under test in the report`)
  }
  checkImportFlag(found.agent, entry.nodeVersion)
  return found
}

/** Where the agents of an entry are looked for. */
export function placesFor(
  entry: Pick<ResolvedEntry, 'file' | 'cwd' | 'isCommand'>,
  cwd: string,
): AgentPlaces {
  // A command may lie anywhere: it is run where the application is.
  const entryFolder = entry.isCommand ? entry.cwd : dirname(entry.file)
  return {
    // Node resolves from where a linked file really is.
    folders: unique([
      entry.isCommand ? realpathSync(entry.cwd) : dirname(realpathSync(entry.file)),
      ...[entryFolder, entry.cwd, cwd],
    ]),
    cwds: unique([cwd, entry.cwd, entryFolder]),
  }
}

function checkUnique(agents: readonly ResolvedAgent[]): void {
  for (const [index, { name }] of agents.entries()) {
    if (agents.findIndex(other => other.name === name) === index) continue
    throw agentError(
      'ERR_AGENT_DUPLICATE',
      name,
      'there are two of this name; a report could not tell them apart',
    )
  }
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

const HAVE_IMPORT = '>=18.18.0'

/**
 * Checks that the application's Node knows `--import` where an agent is attached with it.
 * @throws IsolateLeakError `ERR_AGENT_ENGINE`
 */
function checkImportFlag(agent: ResolvedAgent, nodeVersion: string): void {
  if (agent.import.length === 0) return
  if (semver.satisfies(nodeVersion, HAVE_IMPORT, { includePrerelease: true })) return
  throw agentError(
    'ERR_AGENT_ENGINE',
    agent.name,
    `it is attached with --import, which Node ${nodeVersion} does not have (18.18 and newer do); use require`,
  )
}

/**
 * One warning for each package of an agent whose `engines` field excludes the application's Node. It is often
 * stricter than reality, so only a crash is an error.
 */
function engineWarning({ agent, preloads }: FoundAgent, nodeVersion: string): RunWarning[] {
  const packages = new Map(preloads.flatMap(one => (one.package ? [[one.package.root, one.package]] : [])))
  return [...packages.values()].flatMap(({ name, version, engine }) => {
    const fits =
      engine === null ||
      semver.validRange(engine) === null ||
      semver.satisfies(nodeVersion, engine, { includePrerelease: true })
    if (fits) return []
    const message = `agent '${agent.name}': ${name} ${version} asks for Node ${engine}; the application runs on ${nodeVersion}`
    return [{ code: 'AGENT_ENGINE', message, downgrades: false, agents: [agent.name] }]
  })
}

/**
 * Checks that every agent named in `requires` exists and that none needs itself.
 * @throws IsolateLeakError `ERR_AGENT_REQUIRES`
 */
function checkRequires(agents: readonly ResolvedAgent[]): void {
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

/**
 * An agent given as a string: a path is preloaded as what the file is, the bare name of a known agent (with a version: installed)
 * as its preset says, any other package by its main file. The string is the agent's name.
 */
function resolveStringAgent(
  label: string,
  value: string,
  places: AgentPlaces,
  installs: Installs,
): FoundAgent {
  const name = parse(nonEmpty, value, label)
  const tree = installs.get(name)
  const preloads = preloadsFor(name, places, tree)
  return foundAgent({ name, preloads, tree })
}

function preloadsFor(
  name: string,
  places: AgentPlaces,
  tree: InstalledAgent | undefined,
): readonly Preload[] {
  const file = findFile(name, places)
  if (file !== undefined) return [resolvePreload(name, name, preloadKindOf(file), places)]
  if (tree !== undefined) {
    const found = { ...places, folders: [tree.prefix] }
    return packagePreloads(name, tree.package.name, tree.package, presetFor(tree.package.name), found)
  }
  const parsed = parseSpecifier(name)
  if (parsed.kind === 'package' && parsed.subpath === '') {
    const installed = findPackage(parsed.name, places.folders)
    const preset = presetFor(installed?.name ?? parsed.name)
    if (preset !== undefined) {
      if (installed === undefined) throw packageMissing(name, parsed.name, places.folders)
      return packagePreloads(name, name, installed, preset, places)
    }
  }
  return [preloadAsIs(name, name, places)]
}
