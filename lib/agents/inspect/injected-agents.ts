import { basename } from 'node:path'
import type { Preset } from '../../types/preset.js'
import { emptyDraft, presetOfPath, type Draft } from './attached-agents.js'
import { isAllocator, preloadedLibraries } from './mapped-libraries.js'

/** What the loader of the system injected. */
export interface Injected {
  /** Of the application itself. */
  readonly allocators: readonly string[]
  readonly agents: readonly Draft[]
}

/**
 * The libraries that LD_PRELOAD and the system inject, an agent each; those that only manage memory belong to the application.
 * @param everywhere libraries of /etc/ld.so.preload
 */
export function injectedAgents(
  ldPreload: string,
  everywhere: readonly string[],
  presets: readonly Preset[],
): Injected {
  const own = preloadedLibraries(ldPreload)
  const allocators = own.filter(isAllocator)
  const libraries = [...new Set([...own, ...everywhere])].filter(library => !isAllocator(library))
  const agents = libraries.map(library => {
    const preset = presetOfPath(library, presets)
    return {
      ...emptyDraft(library, preset?.package ?? basename(library).replace(/\.so[.\d]*$/, ''), preset),
      env: { LD_PRELOAD: [...allocators, library].join(':') },
      seen: [own.includes(library) ? 'LD_PRELOAD' : '/etc/ld.so.preload'],
    }
  })
  return { allocators, agents }
}
