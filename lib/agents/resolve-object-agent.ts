import { checkNames } from '../options/check/check-names.js'
import { checkChoice, checkName, checkTexts } from '../options/check/check-text.js'
import { checkObject } from '../options/check/check-object.js'
import { checkVariables } from '../options/check/check-variables.js'
import { invalidOption } from '../options/check/invalid-option.js'
import { checkNodeArgs } from '../options/check/check-node-args.js'
import { isUrl } from '../options/check/to-path.js'
import type { ResolvedEntry } from '../options/resolved.js'
import { findPackage } from './find-package.js'
import { foundAgent, type FoundAgent } from './found-agent.js'
import type { InstalledAgent, Installs } from './install-agents.js'
import { resolveLauncher } from './launcher.js'
import { packagePreloads } from './package-agent.js'
import { packageMissing, resolvePreload, type AgentPlaces, type Preload } from './preload.js'
import { presetFor, presets } from './presets/index.js'
import type { Preset } from '../types/preset.js'
import { resolveSidecar } from './resolve-sidecar.js'

const NAMES = [
  'name',
  'package',
  'preset',
  'require',
  'import',
  'env',
  'nodeArgs',
  'command',
  'sidecar',
  'requires',
]

/** An agent given as an object: what it says, and what is known of its package. */
export function resolveObjectAgent(
  label: string,
  value: unknown,
  callerPlaces: AgentPlaces,
  entry: ResolvedEntry,
  installs: Installs,
): FoundAgent {
  const given = checkObject(`${label} must be a string or an object; it`, value)
  const name = checkName(`${label}.name`, given.name)
  const owner = `agent '${name}'`
  checkNames(owner, given, NAMES)
  const env = given.env === undefined ? {} : checkVariables(`${owner}: env`, given.env)
  const tree = given.package === undefined ? undefined : installs.get(checkName(owner, given.package))
  const places =
    tree === undefined ? callerPlaces : { ...callerPlaces, folders: [tree.prefix, ...callerPlaces.folders] }
  const named = namedPreset(owner, given.preset)
  const command = given.command === undefined ? [] : resolveLauncher(name, given.command, places, entry, env)
  const attached = [
    ...specifiers(`${owner}: require`, given.require).map(one =>
      resolvePreload(name, one, 'require', places),
    ),
    ...specifiers(`${owner}: import`, given.import).map(one => resolvePreload(name, one, 'import', places)),
  ]
  const byItself = attached.length === 0 && command.length === 0
  const preloads = byItself ? ownPreloads(name, named, tree, places) : attached
  const found = foundAgent({
    ...{ name, preloads, tree, env, command },
    preset: named,
    nodeArgs: given.nodeArgs === undefined ? [] : checkNodeArgs(`${owner}: nodeArgs`, given.nodeArgs),
    sidecar: given.sidecar === undefined ? null : resolveSidecar(name, given.sidecar, places, entry),
    requires: given.requires === undefined ? [] : checkTexts(`${owner}: requires`, given.requires),
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

/** The preset that was asked for by name; `null`: none is wanted; `undefined`: whatever fits. */
function namedPreset(owner: string, value: unknown): Preset | null | undefined {
  if (value === undefined || value === null) return value
  const names = presets.map(preset => preset.package)
  const name = checkChoice(`${owner}: preset`, value, names)
  return presetFor(name)
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

/** Files or packages, one or several; URLs as their text. */
function specifiers(name: string, value: unknown): string[] {
  if (value === undefined) return []
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.map(one => (isUrl(one) ? one.href : checkName(name, one)))
}
