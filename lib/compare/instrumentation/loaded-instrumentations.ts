import { isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { findPackage } from '../../agents/find-package.js'
import { preloadKindOf } from '../../agents/preload.js'
import type { Instrumentation } from '../../types/preset.js'

/** What tells whether an instrumentation has something to patch. */
export interface LoadedPackages {
  /** Packages that the CommonJS loader had loaded files of. */
  readonly names: readonly string[]
  /** The application's script. */
  readonly entryFile: string
}

/**
 * The instrumentations that may do something: those of Node's own modules, of packages that were loaded, and those that patch
 * nothing by name. What an application loads as ECMAScript shows in no list: there everything counts that it could load.
 */
export function loadedInstrumentations(
  instrumentations: readonly Instrumentation[],
  { names, entryFile }: LoadedPackages,
): { readonly loaded: readonly string[]; readonly notLoaded: readonly string[] } {
  const loaded = new Set(names)
  const isModule = preloadKindOf(entryFile) === 'import'
  const folder = dirname(entryFile)
  const mayAct = ({ packages }: Instrumentation): boolean =>
    packages.length === 0 ||
    packages.some(
      name => isBuiltin(name) || loaded.has(name) || (isModule && findPackage(name, [folder]) !== undefined),
    )
  return {
    loaded: instrumentations.filter(mayAct).map(({ name }) => name),
    notLoaded: instrumentations.filter(one => !mayAct(one)).map(({ name }) => name),
  }
}
