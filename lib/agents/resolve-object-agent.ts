import * as v from 'valibot'
import { checkObject, invalidOption } from '../options/check/check-object.js'
import {
  choice,
  command as commandField,
  nodeArgs,
  nonEmpty,
  texts,
  variables,
} from '../options/check/fields.js'
import { optionsOf, parse } from '../options/check/parse.js'
import { isUrl } from '../options/check/to-path.js'
import type { ResolvedAgent, ResolvedEntry } from '../options/resolved.js'
import { type InstalledPackage, findPackage } from './find-package.js'
import { installKey, type InstalledAgent, type Installs } from './install-agents.js'
import {
  type AgentPlaces,
  type Preload,
  packageMissing,
  preloadKindOf,
  resolvePreload,
  agentError,
} from './preload.js'
import { presetFor, presets } from './presets/index.js'
import type { Preset } from '../types/preset.js'
import { resolveSidecar } from './resolve-sidecar.js'
import { findExecutable } from '../system/file-exists.js'
import { pathToFileURL } from 'node:url'
import { applyPreset, attachmentOf, startFile } from './presets/apply-preset.js'

const specifiers = v.lazy(value =>
  Array.isArray(value)
    ? v.array(specifier)
    : v.pipe(
        specifier,
        v.transform(one => [one]),
      ),
)
/** A file or a package; a URL as its text. */
const specifier = v.pipe(
  v.unknown(),
  v.transform(value => (isUrl(value) ? value.href : value)),
  nonEmpty,
)

const AGENT = optionsOf({
  name: nonEmpty,
  package: v.optional(nonEmpty),
  beside: v.optional(texts, []),
  preset: v.optional(v.nullable(choice(presets.map(preset => preset.package)))),
  require: v.optional(specifiers, []),
  import: v.optional(specifiers, []),
  env: v.optional(variables, {}),
  nodeArgs: v.optional(nodeArgs, []),
  command: v.optional(commandField),
  sidecar: v.optional(v.unknown()),
  requires: v.optional(texts, []),
})

/** An agent given as an object: what it says, and what is known of its package. */
export function resolveObjectAgent(
  label: string,
  value: unknown,
  callerPlaces: AgentPlaces,
  entry: ResolvedEntry,
  installs: Installs,
): FoundAgent {
  const asGiven = checkObject(`${label} must be a string or an object; it`, value)
  const name = parse(nonEmpty, asGiven.name, `${label}.name`)
  const owner = `agent '${name}'`
  const given = parse(AGENT, asGiven, `${owner}: `)
  const { env, beside } = given
  if (beside.length > 0 && given.package === undefined)
    throw invalidOption(`${owner}: beside needs the package that it is installed with`)
  const tree = given.package === undefined ? undefined : installs.get(installKey(given.package, beside))
  const places =
    tree === undefined ? callerPlaces : { ...callerPlaces, folders: [tree.prefix, ...callerPlaces.folders] }
  const named = given.preset === null || given.preset === undefined ? given.preset : presetFor(given.preset)
  const command = resolveLauncher(name, given.command, places, entry, env)
  const attached = [
    ...given.require.map(one => resolvePreload(name, one, 'require', places)),
    ...given.import.map(one => resolvePreload(name, one, 'import', places)),
  ]
  const byItself = attached.length === 0 && command.length === 0
  const preloads = byItself ? ownPreloads(name, named, tree, places) : attached
  const found = foundAgent({
    ...{ name, preloads, tree, env, command },
    preset: named,
    nodeArgs: given.nodeArgs,
    sidecar: given.sidecar === undefined ? null : resolveSidecar(name, given.sidecar, places, entry),
    requires: given.requires,
  })
  const { agent } = found
  const sets = [
    preloads,
    agent.nodeArgs,
    agent.command,
    Object.keys(env),
    agent.preset ? [1] : [],
    agent.sidecar ? [1] : [],
  ]
  if (!sets.some(part => part.length > 0)) {
    throw invalidOption(
      `${owner} sets nothing (package, preset, require, import, env, nodeArgs, command or sidecar), so being on or off makes no difference` +
        (presetFor(name) === undefined ? '' : `; did you mean preset: '${name}'?`),
    )
  }
  return found
}

/** What is preloaded for an agent that does not say it: its package as its preset says. */
function ownPreloads(
  name: string,
  named: Preset | null | undefined,
  tree: InstalledAgent | undefined,
  places: AgentPlaces,
): Preload[] {
  if (tree !== undefined) {
    const preset = named === undefined ? presetFor(tree.package.name) : (named ?? undefined)
    return packagePreloads(name, tree.package.name, tree.package, preset, places)
  }
  if (named === undefined || named === null || named.attach.length === 0) return []
  const installed = findPackage(named.package, places.folders)
  if (installed === undefined) throw packageMissing(name, named.package, places.folders)
  return packagePreloads(name, named.package, installed, named, places)
}

/**
 * A launcher with its arguments, as an absolute path, so that it is found also where the PATH of the application is
 * another than the caller's.
 * @throws IsolateLeakError `ERR_AGENT_NOT_FOUND` when it is neither a file nor on the PATH
 */
function resolveLauncher(
  agent: string,
  given: readonly string[] | undefined,
  { cwds }: AgentPlaces,
  entry: ResolvedEntry,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  if (given === undefined) return []
  const [command, ...args] = given
  if (command === undefined || command === '') {
    throw invalidOption(`agent '${agent}': command must name a launcher, it is empty`)
  }
  const path = env.PATH ?? entry.env.PATH ?? process.env.PATH ?? ''
  const pathExt = process.env.PATHEXT
  for (const cwd of cwds) {
    const found = findExecutable(command, { cwd, path, ...(pathExt === undefined ? {} : { pathExt }) })
    if (found !== undefined) return [found, ...args]
  }
  const hint = /\s/.test(command) ? '; give a launcher with arguments as an array' : ''
  throw agentError(
    'ERR_AGENT_NOT_FOUND',
    agent,
    `the launcher '${command}' is neither an executable file nor on the PATH${hint}`,
  )
}

/** One agent and the files found for it. */
export interface FoundAgent {
  readonly agent: ResolvedAgent
  readonly preloads: readonly Preload[]
}

/** What is known of an agent once its files are found. */
interface AgentParts extends Partial<
  Pick<ResolvedAgent, 'env' | 'nodeArgs' | 'command' | 'sidecar' | 'requires'>
> {
  readonly name: string
  readonly preloads: readonly Preload[]
  readonly tree?: InstalledAgent | undefined
  /** Default: that of the first preload's package; `null`: none. */
  readonly preset?: Preset | null | undefined
}

/** Puts an agent together; its preset is that of its package, unless another one was named. */
export function foundAgent({ name, preloads, tree, preset, ...rest }: AgentParts): FoundAgent {
  const installed = preloads[0]?.package ?? tree?.package ?? null
  const known = preset === undefined && installed !== null ? presetFor(installed.name) : preset
  const imports = preloads.filter(({ kind }) => kind === 'import')
  const agent: ResolvedAgent = {
    ...{ env: {}, nodeArgs: [], command: [], sidecar: null, requires: [] },
    ...rest,
    name,
    require: preloads.filter(({ kind }) => kind === 'require').map(({ file }) => file),
    import: imports.map(({ file }) => (file.startsWith('data:') ? file : pathToFileURL(file).href)),
    preset: known ? applyPreset(known, installed) : null,
    package:
      installed === null ? null : { name: installed.name, version: installed.version, root: installed.root },
    tree: tree?.tree ?? [],
  }
  return { agent, preloads }
}

/**
 * What is preloaded for an agent that is given by nothing but its package: what its preset says, or else the package
 * itself.
 * @param specifier how the package is reached from the folders: its name, or an alias
 */
export function packagePreloads(
  agent: string,
  specifier: string,
  installed: InstalledPackage,
  preset: Preset | undefined,
  places: AgentPlaces,
): Preload[] {
  if (preset === undefined) return [preloadAsIs(agent, specifier, places)]
  if (preset.attach.length === 0) return []
  const { by, specifier: known } = attachmentOf(agent, preset, installed)
  if (by === 'start') {
    const file = startFile(known)
    return [{ kind: file.endsWith('.mjs') ? 'import' : 'require', file, package: installed }]
  }
  return [resolvePreload(agent, specifier + known.slice(preset.package.length), by, places)]
}

/** A package by what it exports: another file for import, where that is the only one or the one that fits. */
export function preloadAsIs(agent: string, specifier: string, places: AgentPlaces): Preload {
  const required = resolvePreload(agent, specifier, 'require', places)
  // A package may have another file for import, and one that is an ES module cannot be required everywhere.
  return preloadKindOf(required.file) === 'import'
    ? resolvePreload(agent, specifier, 'import', places)
    : required
}
