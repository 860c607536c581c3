import { pathToFileURL } from 'node:url'
import { checkName } from '../check/check-text.js'
import { attachmentFor } from './attachments.js'
import { findPackage } from './find-package.js'
import { parseSpecifier } from './parse-specifier.js'
import { findFile, preloadKindOf, resolvePreload, type AgentPlaces, type Preload } from './preload.js'
import type { FoundAgent } from './resolve-agents.js'

/**
 * An agent given as a string: a path is preloaded as what the file is, the bare name of a known agent by the file
 * that starts it, any other package by its main file. The string is the agent's name.
 */
export function resolveStringAgent(label: string, value: string, places: AgentPlaces): FoundAgent {
  const name = checkName(label, value)
  const preload = preloadFor(name, places)
  return {
    agent: {
      name,
      require: preload.kind === 'require' ? [preload.file] : [],
      import: preload.kind === 'import' ? [pathToFileURL(preload.file).href] : [],
      env: {},
      nodeArgs: [],
      command: [],
      requires: [],
      package: packageOf(preload),
    },
    preloads: [preload],
  }
}

/** Name, version and folder of a preload's package. */
export function packageOf(preload: Preload | undefined): FoundAgent['agent']['package'] {
  if (!preload?.package) return null
  const { name, version, root } = preload.package
  return { name, version, root }
}

function preloadFor(name: string, places: AgentPlaces): Preload {
  const file = findFile(name, places)
  if (file !== undefined) return resolvePreload(name, name, preloadKindOf(file), places)
  const parsed = parseSpecifier(name)
  const isBare = parsed.kind === 'package' && parsed.subpath === ''
  const specifier = isBare
    ? attachmentFor(name, findPackage(parsed.name, places.folders)?.name ?? parsed.name)
    : name
  const required = resolvePreload(name, specifier, 'require', places)
  // A package may have another file for import, and one that is an ES module cannot be required everywhere.
  return preloadKindOf(required.file) === 'import'
    ? resolvePreload(name, specifier, 'import', places)
    : required
}
