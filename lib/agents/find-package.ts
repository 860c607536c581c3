import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { isFile, isFolder } from '../system/file-exists.js'
import { packageFolder } from '../system/plug-and-play.js'

/** An installed package, as far as it concerns an experiment. */
export interface InstalledPackage {
  readonly name: string
  readonly version: string
  readonly root: string
  /** The range of Node that it says it runs on. */
  readonly engine: string | null
}

/** The package that answers to `name` in one of the folders' `node_modules`, nearest first, or in the table of Yarn's. */
export function findPackage(name: string, folders: readonly string[]): InstalledPackage | undefined {
  for (const modules of moduleFolders(name, folders)) {
    const root = join(modules, name)
    if (isFolder(root)) return readPackage(root) ?? { name, version: '0.0.0', root, engine: null }
  }
  for (const folder of folders) {
    const root = packageFolder(name, folder)
    if (root !== null) return readPackage(root)
  }
  return undefined
}

/** Every folder in which Node would look for a package, in its order. */
export function moduleFolders(name: string, folders: readonly string[]): string[] {
  const all = folders.flatMap(folder => createRequire(join(folder, 'resolve.js')).resolve.paths(name) ?? [])
  return [...new Set(all)]
}

/** The package that a file belongs to: the nearest folder above it whose package.json has a name and a version. */
export function packageOfFile(file: string): InstalledPackage | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const found = readPackage(folder)
    if (found) return found
    if (dirname(folder) === folder) return undefined
  }
}

function readPackage(root: string): InstalledPackage | undefined {
  const file = join(root, 'package.json')
  if (!isFile(file)) return undefined
  const { name, version, engines } = readJson(file)
  if (typeof name !== 'string' || typeof version !== 'string') return undefined
  const engine = (engines as { node?: unknown } | null | undefined)?.node
  return { name, version, root, engine: typeof engine === 'string' ? engine : null }
}

/** The `type` of the package scope that a file is in. */
export function moduleTypeOf(file: string): 'module' | 'commonjs' {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (isFile(manifest)) return readJson(manifest).type === 'module' ? 'module' : 'commonjs'
    if (dirname(folder) === folder) return 'commonjs'
  }
}

function readJson(file: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) ?? {}) as Readonly<Record<string, unknown>>
  } catch (error) {
    // Node itself fails on it where it matters, with a message that names the file.
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
