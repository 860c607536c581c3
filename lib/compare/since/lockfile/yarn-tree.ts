import { isInstallable, treeOf, type LockedEntry, type LockedTree, type Place } from './locked-tree.js'

/** An entry of a yarn.lock. */
export interface YarnEntry {
  /** What was asked for, for example `newrelic@^7.4.0`. */
  readonly descriptors: readonly string[]
  /** Its own name, where the lockfile says it. */
  readonly name?: string
  readonly version: string
  readonly isInstallable: boolean
  /** What it asks for. */
  readonly needs: readonly (readonly [name: string, range: string])[]
}

/**
 * The tree of entries that are known by what was asked for. What `resolutions` or a catalog replaced stands in the lockfile under what
 * replaced it: it is the only one of its name, or it is not known.
 * @param direct what the application asks for, the nearest folder first
 */
export function yarnTree(
  entries: readonly YarnEntry[],
  direct: readonly (readonly [name: string, range: string])[],
  place: Place,
): LockedTree {
  const locked = new Map<string, LockedEntry>()
  const keys = new Map<string, string>()
  const named = new Map<string, Set<string>>()
  const keyOf = ([name, range]: readonly [string, string]): string | undefined => {
    const asked = keys.get(`${name}@${range}`) ?? keys.get(`${name}@npm:${range}`)
    const ofName = named.get(name)
    return asked ?? (ofName?.size === 1 ? [...ofName][0] : undefined)
  }
  for (const { descriptors, version, needs, ...entry } of entries) {
    const [key = ''] = descriptors
    for (const descriptor of descriptors) {
      keys.set(descriptor, key)
      const [alias] = nameAndRange(descriptor)
      named.set(alias, (named.get(alias) ?? new Set()).add(key))
    }
    locked.set(key, {
      name: entry.name ?? ownName(key),
      version,
      isInstallable: entry.isInstallable && isInstallable(version),
      needs: () => needs.map(keyOf),
    })
  }
  return treeOf(
    locked,
    direct.map(asked => [asked[0], keyOf(asked)] as const),
    place,
  )
}

/** `@scope/name@^1.0.0` */
export function nameAndRange(descriptor: string): readonly [name: string, range: string] {
  const at = descriptor.indexOf('@', 1)
  return at < 0 ? [descriptor, ''] : [descriptor.slice(0, at), descriptor.slice(at + 1)]
}

/** `nr@npm:newrelic@7.5.0` is newrelic under another name. */
function ownName(descriptor: string): string {
  const [name, range] = nameAndRange(descriptor)
  const [own, version] = nameAndRange(range.replace(/^npm:/, ''))
  return range.startsWith('npm:') && version !== '' ? own : name
}
