import { basename } from 'node:path'

// As the probe sees them from inside, see probe/shared-libraries.cts, which is loaded by other versions of Node.
const SYSTEM_FOLDERS = ['/lib/', '/lib32/', '/lib64/', '/usr/lib/', '/usr/lib32/', '/usr/lib64/']
const ORDINARY =
  /^(?:ld|libc|libm|libdl|librt|libpthread|libresolv|libatomic|libgcc_s|libstdc\+\+|libc\+\+|libnode|libnss_\w+)\b[-.\d\w+]*\.so/
/** They change how memory is given out, and observe nothing. */
const ALLOCATOR = /(?:jemalloc|tcmalloc|mimalloc|hoard|snmalloc)[^/]*\.so/

/** Shared objects in the text of `/proc/PID/maps`, each once. */
export function mappedFiles(maps: string): string[] {
  const files = maps.split('\n').flatMap(line => /\s(\/.*?)(?: \(deleted\))?$/.exec(line)?.[1] ?? [])
  return [...new Set(files)].filter(file => /\.(?:so(?:\.[\d.]+)?|node)$/.test(file))
}

/** Those of them that are neither the system's nor Node's own. */
export function foreignLibraries(mapped: readonly string[]): string[] {
  return mapped.filter(
    file => !SYSTEM_FOLDERS.some(folder => file.startsWith(folder)) && !ORDINARY.test(basename(file)),
  )
}

/** Libraries that a value of LD_PRELOAD, or the text of /etc/ld.so.preload, names. */
export function preloadedLibraries(text: string): string[] {
  return text
    .replace(/#.*/g, '')
    .split(/[\s:]+/)
    .filter(name => name !== '')
}

export function isAllocator(library: string): boolean {
  return ALLOCATOR.test(library)
}
