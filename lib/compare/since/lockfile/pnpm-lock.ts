import { posix } from 'node:path'
import { isRecord } from '../../../options/check/check-object.js'
import {
  isInstallable,
  lockfileError,
  optionalPeers,
  textsOf,
  treeOf,
  type LockedEntry,
  type LockedTree,
  type Place,
} from './locked-tree.js'

type Fields = Readonly<Record<string, unknown>>

const OF_PACKAGES = ['dependencies', 'optionalDependencies'] as const
const OF_FOLDERS = [...OF_PACKAGES, 'devDependencies'] as const

/**
 * Reads a pnpm-lock.yaml of version 6 (pnpm 8) or 9 (pnpm 9 and later).
 * @param lock its last YAML document: an earlier one is what pnpm needs for itself
 * @throws IsolateLeakError `ERR_LOCKFILE`
 */
export function readPnpmLock(lock: unknown, place: Place): LockedTree {
  if (!isRecord(lock)) throw lockfileError('expected an object')
  const [major] = String(lock.lockfileVersion).split('.')
  if (major !== '6' && major !== '9')
    throw lockfileError(`expected lockfileVersion 6 or 9, got ${String(lock.lockfileVersion).slice(0, 20)}`)
  const described = fieldsOf(lock.packages)
  const packages = major === '6' ? described : { ...described, ...fieldsOf(lock.snapshots) }
  // Version 6 of one project alone has no list of projects.
  const importers = isRecord(lock.importers) ? lock.importers : { '.': lock }
  const entries = new Map<string, LockedEntry>()
  const keyOf = (name: string, version: string, folder: string): string | undefined => {
    if (version.startsWith('link:')) return folderKey(posix.join(folder, version.slice('link:'.length)))
    const own = `${major === '6' ? '/' : ''}${name}@${version}`
    return entries.has(own) ? own : version
  }
  for (const [key, value] of Object.entries(packages)) {
    const [name, version] = nameAndVersion(key)
    const entry = fieldsOf(value)
    const about = fieldsOf(described[key] ?? described[key.replace(/\(.*$/s, '')])
    const told = typeof about.version === 'string' ? about.version : version
    const unneeded = optionalPeers(about)
    entries.set(key, {
      name: typeof about.name === 'string' ? about.name : name,
      version: told,
      isInstallable: isInstallable(version, about),
      needs: () =>
        OF_PACKAGES.flatMap(field => textsOf(entry[field]))
          .filter(([need]) => !unneeded.has(need))
          .map(([need, at]) => keyOf(need, at, '')),
    })
  }
  const needsOf = (folder: string): (readonly [string, string | undefined])[] =>
    dependenciesOf(importers[folder === '' ? '.' : folder]).map(
      ([name, version]) => [name, keyOf(name, version, folder)] as const,
    )
  for (const importer of Object.keys(importers)) {
    const folder = importer === '.' ? '' : importer
    entries.set(folderKey(folder), {
      ...{ name: folder, version: '', isInstallable: false },
      needs: () => needsOf(folder).map(([, key]) => key),
    })
  }
  return treeOf(entries, place.folders.flatMap(needsOf), place)
}

/** What a folder depends on, and as what it is resolved. */
function dependenciesOf(importer: unknown): (readonly [name: string, version: string])[] {
  return OF_FOLDERS.flatMap(field =>
    Object.entries(fieldsOf(fieldsOf(importer)[field])).flatMap(([name, dependency]) => {
      const { version } = fieldsOf(dependency)
      return typeof version === 'string' ? [[name, version] as const] : []
    }),
  )
}

/** `/@scope/name@1.0.0(peer@2.0.0)` */
function nameAndVersion(key: string): readonly [name: string, version: string] {
  const text = key.replace(/^\//, '').replace(/\(.*$/s, '')
  const at = text.indexOf('@', 1)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function folderKey(folder: string): string {
  return `link:${folder === '.' ? '' : folder.replace(/\/$/, '')}`
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {}
}
