import { isRecord } from '../../../options/check/check-object.js'
import { lockfileError, optionalPeers, textsOf, type LockedTree, type Place } from './locked-tree.js'
import { nameAndRange, yarnTree, type YarnEntry } from './yarn-tree.js'

/**
 * Reads a yarn.lock of Yarn 2 and later.
 * @param lock its YAML document
 * @throws IsolateLeakError `ERR_LOCKFILE`
 */
export function readYarnBerry(lock: unknown, place: Place): LockedTree {
  if (!isRecord(lock)) throw lockfileError('expected an object')
  const workspaces = new Map<string, readonly (readonly [string, string])[]>()
  const entries = Object.entries(lock).flatMap(([key, entry]): YarnEntry[] => {
    if (key === '__metadata' || !isRecord(entry)) return []
    const [name, reference] = nameAndRange(typeof entry.resolution === 'string' ? entry.resolution : key)
    const needs = textsOf(entry.dependencies)
    const unneeded = optionalPeers(entry)
    if (reference.startsWith('workspace:')) {
      const folder = reference.slice('workspace:'.length)
      workspaces.set(folder === '.' ? '' : folder, needs)
    }
    return [
      {
        name,
        descriptors: key.split(/ *, */),
        version: typeof entry.version === 'string' ? entry.version : '',
        isInstallable: reference.startsWith('npm:') && entry.conditions === undefined,
        // What it wants of the application is found there by its name, where there is but one.
        needs: [...needs, ...textsOf(entry.peerDependencies).filter(([peer]) => !unneeded.has(peer))],
      },
    ]
  })
  return yarnTree(
    entries,
    place.folders.flatMap(folder => workspaces.get(folder) ?? []),
    place,
  )
}
