import { attachmentOf, startFile } from './presets/apply-preset.js'
import type { Preset } from '../types/preset.js'
import type { InstalledPackage } from './find-package.js'
import { preloadKindOf, resolvePreload, type AgentPlaces, type Preload } from './preload.js'

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
