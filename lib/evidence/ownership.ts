import { sep } from 'node:path'
import type { EvidencePlace } from '../types/index.js'

/** Tells whose code a place is in. */
export interface Ownership {
  /** The culprit's: in its folders, or in a script that only runs with it. */
  isCulprits(place: EvidencePlace): boolean
}

/**
 * @param folders files and folders of the culprit's agents
 * @param scripts of the application with the culprit
 * @param others of the application without it; `null`: there is no such trial, nothing is told apart by it
 */
export function ownership(
  folders: readonly string[],
  scripts: readonly string[],
  others: readonly string[] | null,
): Ownership {
  const loadedOnlyWithIt = new Set(others === null ? [] : scripts)
  for (const script of others ?? []) loadedOnlyWithIt.delete(script)
  return {
    isCulprits: ({ script, loaded = script }) =>
      loadedOnlyWithIt.has(loaded) ||
      folders.some(folder => loaded === folder || loaded.startsWith(folder + sep)),
  }
}

/** Node's own code, or code without a file: says nothing of whose it is. */
export function isNobodys({ script }: EvidencePlace): boolean {
  return script === '' || script.startsWith('node:') || script.startsWith('evalmachine.')
}
