import { checkName } from '../options/check/check-text.js'
import { foundAgent, type FoundAgent } from './found-agent.js'
import { findPackage } from './find-package.js'
import type { InstalledAgent, Installs } from './install-agents.js'
import { packagePreloads, preloadAsIs } from './package-agent.js'
import { parseSpecifier } from './parse-specifier.js'
import {
  findFile,
  packageMissing,
  preloadKindOf,
  resolvePreload,
  type AgentPlaces,
  type Preload,
} from './preload.js'
import { presetFor } from './presets/index.js'

/**
 * An agent given as a string: a path is preloaded as what the file is, the bare name of a known agent (with a version: installed)
 * as its preset says, any other package by its main file. The string is the agent's name.
 */
export function resolveStringAgent(
  label: string,
  value: string,
  places: AgentPlaces,
  installs: Installs,
): FoundAgent {
  const name = checkName(label, value)
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
