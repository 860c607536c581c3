import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isFile, isFolder } from './file-exists.js'

/** Yarn's Plug'n'Play: a file that knows where every package is, most of them in archives. https://yarnpkg.com/advanced/pnp-spec */
const TABLE = '.pnp.cjs'
const LOADER = '.pnp.loader.mjs'

/** What `yarn node` gives Node so that it finds the packages of a folder: nothing where they are in `node_modules`. */
export interface PlugAndPlay {
  readonly table: string
  /** As Node takes them. */
  readonly options: readonly (readonly [option: '--require' | '--experimental-loader', value: string])[]
}

/** The table that holds for files of a folder; `null`: there is none. */
export function plugAndPlayOf(folder: string): PlugAndPlay | null {
  for (let above = resolve(folder); ; above = dirname(above)) {
    if (isFile(join(above, TABLE))) return plugAndPlay(join(above, TABLE))
    if (isFolder(join(above, 'node_modules')) || dirname(above) === above) return null
  }
}

/** The table that this process was started with; `null`: it was started without. */
export function ownPlugAndPlay(): PlugAndPlay | null {
  if (process.versions['pnp'] === undefined) return null
  return plugAndPlay(createRequire(import.meta.url).resolve('pnpapi'))
}

/** Of Yarn's API. `null`: it is a part of Node. */
interface Api {
  resolveRequest(request: string, issuer: string, options: { conditions: Set<string> }): string | null
  resolveToUnqualified(request: string, issuer: string): string | null
}

/**
 * The file that `import` means, of which Node's own resolution knows nothing. Only where {@link ownPlugAndPlay} has a table.
 * @throws Error of Yarn's where there is no such package
 */
export function resolveImported(specifier: string, from: string): string {
  return api().resolveRequest(specifier, from, { conditions: new Set(['node', 'import']) }) ?? specifier
}

/** Folder of a package, in its archive perhaps; `null`: files of the folder may not use it, or this process has no table. */
export function packageFolder(name: string, folder: string): string | null {
  if (ownPlugAndPlay() === null) return null
  try {
    return api().resolveToUnqualified(name, join(folder, 'resolve.js'))
  } catch (error) {
    if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND') return null
    throw error
  }
}

function api(): Api {
  return createRequire(import.meta.url)('pnpapi') as Api
}

function plugAndPlay(table: string): PlugAndPlay {
  const loader = join(dirname(table), LOADER)
  return {
    table,
    options: [
      ['--require', table],
      ...(isFile(loader) ? [['--experimental-loader', pathToFileURL(loader).href] as const] : []),
    ],
  }
}
