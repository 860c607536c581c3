import { arch, availableParallelism, platform, release, totalmem } from 'node:os'
import type { ResolvedEntry } from '../options/resolved.js'
import type { RunEnvironment } from '../types/index.js'
import { packageVersion } from '../system/version.js'
import { cLibrary } from './c-library.js'

/** The machine, the Node that runs the application, and this library. */
export function runEnvironment(entry: Pick<ResolvedEntry, 'nodeVersion' | 'v8Version'>): RunEnvironment {
  const libc = platform() === 'linux' ? cLibrary() : undefined
  return {
    isolateLeak: packageVersion(),
    node: entry.nodeVersion,
    v8: entry.v8Version,
    platform: platform(),
    arch: arch(),
    release: release(),
    ...(libc === undefined ? {} : { libc }),
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
  }
}
