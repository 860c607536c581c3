import { readFile, realpath } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { LaunchSpec } from './types.js'

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
