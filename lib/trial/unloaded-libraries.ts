import { basename } from 'node:path'
import type { Loaded } from '../probe/protocol.cjs'

/**
 * Libraries of agents that are not in the address space of the application. The dynamic loader complains about one that it cannot load
 * and goes on without it (ld.so(8), LD_PRELOAD): such an agent would be called clean.
 *
 * @param wanted as they stand in `LD_PRELOAD`: paths, which may hold tokens like `$LIB`, or names
 * @returns a sentence that names them, or `null`: also where the address space cannot be read
 */
export function unloadedLibraries(
  { libraries }: Pick<Loaded, 'libraries'>,
  wanted: readonly string[],
  platform: NodeJS.Platform = process.platform,
): string | null {
  if (platform !== 'linux') return null
  const loaded = new Set(libraries.map(library => basename(library)))
  const missing = wanted.filter(library => !loaded.has(basename(library)))
  if (missing.length === 0) return null
  return (
    `expected the loader to inject ${missing.join(' and ')}, named in LD_PRELOAD, but the application runs without: is the ` +
    'path right, and the library made for this machine and its C library?'
  )
}
