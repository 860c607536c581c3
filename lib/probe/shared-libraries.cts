import type * as Fs from 'node:fs'
import type * as Path from 'node:path'
import type { ReadProc } from './read-proc.cjs'

const fs = require('node:fs') as typeof Fs
const path = require('node:path') as typeof Path
const { textOf } = require('./read-proc.cjs') as ReadProc

const systemFolders = ['/lib/', '/lib32/', '/lib64/', '/usr/lib/', '/usr/lib32/', '/usr/lib64/']
/** Wherever they are installed: what Node itself or the C library brings. */
const ordinary =
  /^(?:ld|libc|libm|libdl|librt|libpthread|libresolv|libatomic|libgcc_s|libstdc\+\+|libc\+\+|libnode|libnss_\w+)\b[-.\d\w+]*\.so/

/** Libraries that the loader was told to inject: `LD_PRELOAD` as received and the entries of /etc/ld.so.preload. */
function injectedLibraries(ldPreload: string): string[] {
  const system = (textOf('/etc/ld.so.preload') ?? '').replace(/#.*/g, '')
  return `${ldPreload} ${system}`.split(/[\s:]+/).filter(name => name !== '')
}

/** Shared objects in the address space that are neither Node's own nor the system's, injected ones always. */
function foreignLibraries(injected: readonly string[]): string[] {
  const names = new Set(injected.map(name => path.basename(name)))
  const resolved = new Set(injected.map(realPath))
  const files = new Set<string>()
  for (const line of (textOf('/proc/self/maps') ?? '').split('\n')) {
    const file = /\s(\/.*?)(?: \(deleted\))?$/.exec(line)?.[1]
    if (file !== undefined && /\.(?:so(?:\.[\d.]+)?|node)$/.test(file)) files.add(file)
  }
  return [...files].filter(file => {
    if (resolved.has(file) || names.has(path.basename(file))) return true
    return !systemFolders.some(folder => file.startsWith(folder)) && !ordinary.test(path.basename(file))
  })
}

function realPath(file: string): string {
  try {
    return fs.realpathSync(file)
  } catch {
    // A bare name that the loader looked up, or a library that is not there: the name is compared instead.
    return file
  }
}

export interface SharedLibraries {
  readonly injectedLibraries: typeof injectedLibraries
  readonly foreignLibraries: typeof foreignLibraries
}
module.exports = { injectedLibraries, foreignLibraries } satisfies SharedLibraries
