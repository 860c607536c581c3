import { isRecord } from '../../../options/check/check-object.js'
import {
  isInstallable,
  lockfileError,
  manifestNeeds,
  optionalPeers,
  textsOf,
  treeOf,
  type LockedEntry,
  type LockedTree,
  type Place,
} from './locked-tree.js'

const LONGEST_PATH = 4_096
const DEEPEST = 64

/**
 * Reads a package-lock.json or npm-shrinkwrap.json: versions 2 and 3, where a package is known by the folder it is installed in, and
 * 1, of which folders are made as npm makes them.
 * @throws IsolateLeakError `ERR_LOCKFILE`; `SyntaxError` of JSON
 */
export function readNpmLock(text: string, place: Place): LockedTree {
  const { folders, manifest } = place
  const lock: unknown = JSON.parse(text)
  if (!isRecord(lock)) throw lockfileError('expected an object')
  const installed = isRecord(lock.packages) ? lock.packages : foldersOf(lock.dependencies)
  const resolve = (folder: string, name: string): string | undefined => {
    for (let from = folder; ; from = parentOf(from)) {
      const path = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`
      if (Object.hasOwn(installed, path)) return linkedFrom(installed[path]) ?? path
      if (from === '') return undefined
    }
  }
  const entries = new Map<string, LockedEntry>()
  for (const [path, entry] of Object.entries(installed)) {
    if (!isRecord(entry) || path.length > LONGEST_PATH || linkedFrom(entry) !== undefined) continue
    const version = typeof entry.version === 'string' ? entry.version : ''
    entries.set(path, {
      name: nameOf(path, entry),
      version,
      isInstallable: path.includes('node_modules/') && isFromRegistry(entry) && isInstallable(version, entry),
      needs: () => namesOf(entry).map(name => resolve(path, name)),
    })
  }
  const direct = folders.flatMap(folder =>
    [...namesOf(installed[folder]), ...manifestNeeds(manifest(folder)).map(([name]) => name)].map(
      name => [name, resolve(folder, name)] as const,
    ),
  )
  return treeOf(entries, direct, place)
}

function parentOf(folder: string): string {
  return folder.slice(0, Math.max(0, folder.lastIndexOf('/')))
}

/** A workspace is a link to its folder. */
function linkedFrom(entry: unknown): string | undefined {
  return isRecord(entry) && entry.link === true && typeof entry.resolved === 'string'
    ? entry.resolved
    : undefined
}

function nameOf(path: string, { name }: Readonly<Record<string, unknown>>): string {
  return typeof name === 'string' ? name : path.replace(/^.*node_modules\//, '')
}

/** And not of a repository or a folder. */
function isFromRegistry({ resolved }: Readonly<Record<string, unknown>>): boolean {
  return typeof resolved !== 'string' || /^https?:/.test(resolved)
}

function namesOf(entry: unknown): string[] {
  if (!isRecord(entry)) return []
  const unneeded = optionalPeers(entry)
  return [...manifestNeeds(entry), ...textsOf(entry.requires)]
    .map(([name]) => name)
    .filter(name => !unneeded.has(name))
}

/** The nested packages of version 1 by the folders they are installed in. */
function foldersOf(dependencies: unknown): Readonly<Record<string, unknown>> {
  const found: Record<string, unknown> = {}
  let level: (readonly [folder: string, dependencies: unknown])[] = [['', dependencies]]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) throw lockfileError(`expected packages nested up to ${String(DEEPEST)} deep`)
    const below: (readonly [string, unknown])[] = []
    for (const [folder, nested] of level) {
      if (!isRecord(nested)) throw lockfileError('expected packages or dependencies')
      for (const [name, entry] of Object.entries(nested)) {
        if (!isRecord(entry)) continue
        const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
        found[path] = { ...aliased(entry), requires: entry.requires }
        if (entry.dependencies !== undefined) below.push([path, entry.dependencies])
      }
    }
    level = below
  }
  return found
}

/** `npm:newrelic@7.5.0` is a package under another name. */
function aliased({
  version,
  resolved,
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const [, name, own] = /^npm:(.+)@([^@]+)$/.exec(String(version)) ?? []
  return name === undefined ? { version, resolved } : { name, version: own, resolved }
}
