import semver from 'semver'
import { isRecord } from '../../../options/check/check-object.js'
import { IsolateLeakError } from '../../../errors.js'

/** A package as a lockfile pins it. */
export interface LockedPackage {
  /** Its own name, also where it is installed under another. */
  readonly name: string
  /** As the lockfile says; of what is no package of a registry it may be an address. */
  readonly version: string
  /** Whether its name and version are enough to install it, on any platform. */
  readonly isInstallable: boolean
  /** What it depends on, as the lockfile resolves it. */
  readonly needs: () => readonly LockedPackage[]
}

/** What a lockfile says of one application. */
export interface LockedTree {
  /** What the application's folder depends on, by the name it has there; where folders above name it too, the nearest counts. */
  readonly direct: ReadonlyMap<string, LockedPackage>
  /** Those of them that are not for development alone, as package.json says. */
  readonly production: readonly LockedPackage[]
  /** Everything in the lockfile. */
  readonly all: readonly LockedPackage[]
}

/** Whose lockfile is read. */
export interface Place {
  /** Folders of the application, from its own up to that of the lockfile (`''`), relative to that, with slashes. */
  readonly folders: readonly string[]
  /** The package.json of one of them; `null`: there is none. */
  readonly manifest: (folder: string) => unknown
}

/** An entry of a lockfile; `needs` are keys of other entries, `undefined` what is not installed. */
export interface LockedEntry extends Omit<LockedPackage, 'needs'> {
  readonly needs: () => readonly (string | undefined)[]
}

/** The packages of entries, each once, so that two ways to a package lead to the same one. */
export function linkPackages(
  entries: ReadonlyMap<string, LockedEntry>,
): (key: string | undefined) => LockedPackage | undefined {
  const packages = new Map<string, LockedPackage>()
  const packageAt = (key: string | undefined): LockedPackage | undefined => {
    const entry = key === undefined ? undefined : entries.get(key)
    if (key === undefined || entry === undefined) return undefined
    const known = packages.get(key)
    if (known !== undefined) return known
    let needs: readonly LockedPackage[] | undefined
    const made = { ...entry, needs: () => (needs ??= entry.needs().flatMap(one => packageAt(one) ?? [])) }
    packages.set(key, made)
    return made
  }
  return packageAt
}

/**
 * The tree of a folder.
 * @param direct keys of entries by name, the nearest folder first
 */
export function treeOf(
  entries: ReadonlyMap<string, LockedEntry>,
  direct: readonly (readonly [name: string, key: string | undefined])[],
  { folders, manifest }: Place,
): LockedTree {
  const packageAt = linkPackages(entries)
  const found = new Map<string, LockedPackage>()
  for (const [name, key] of direct) {
    const one = packageAt(key)
    if (one !== undefined && !found.has(name)) found.set(name, one)
  }
  const dev = new Set<string>()
  for (const one of folders.map(manifest).filter(isRecord)) {
    for (const [name] of textsOf(one.devDependencies)) dev.add(name)
    for (const [name] of textsOf(one.dependencies)) dev.delete(name)
  }
  const production = [...found].filter(([name]) => !dev.has(name)).map(([, one]) => one)
  return { direct: found, production, all: [...entries.keys()].flatMap(key => packageAt(key) ?? []) }
}

/**
 * The packages and everything they depend on, those that are fewer steps away first.
 * @param without those that are left out, with what only they lead to
 */
export function closureOf(
  roots: Iterable<LockedPackage>,
  without: ReadonlySet<LockedPackage> = new Set(),
): ReadonlySet<LockedPackage> {
  const found = new Set([...roots].filter(one => !without.has(one)))
  // A set that is added to while it is gone through goes on with what was added.
  for (const one of found) for (const need of one.needs()) if (!without.has(need)) found.add(need)
  return found
}

/** The package of this name that the application has: its own, else the one the fewest steps away, else the highest version. */
export function locate({ direct, all }: LockedTree, name: string): LockedPackage | undefined {
  const own = direct.get(name)
  if (own !== undefined) return own
  for (const one of closureOf(direct.values())) if (one.name === name) return one
  return all
    .filter(one => one.name === name)
    .toSorted((a, b) =>
      semver.valid(a.version) && semver.valid(b.version) ? semver.rcompare(a.version, b.version) : 0,
    )[0]
}

const LONGEST_NAME = 214

/** Names and values of an object of texts, such as `dependencies`; what cannot be a package's name is left out. */
export function textsOf(value: unknown): (readonly [name: string, text: string])[] {
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([name, text]) =>
    typeof text === 'string' && name.length <= LONGEST_NAME ? [[name, text] as const] : [],
  )
}

const FIELDS = ['dependencies', 'optionalDependencies', 'devDependencies', 'peerDependencies'] as const

/** What a package.json depends on, in whatever way. */
export function manifestNeeds(manifest: unknown): (readonly [name: string, range: string])[] {
  return isRecord(manifest) ? FIELDS.flatMap(field => textsOf(manifest[field])) : []
}

/** Names of what a package would work with as well, and does not need. */
export function optionalPeers(entry: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const { peerDependenciesMeta: meta } = entry
  const optional = ([, one]: readonly [string, unknown]): boolean =>
    isRecord(one) && (one.optional === true || one.optional === 'true')
  return new Set(
    isRecord(meta)
      ? Object.entries(meta)
          .filter(optional)
          .map(([name]) => name)
      : [],
  )
}

/** Whether a registry may have this version, and every platform takes it. */
export function isInstallable(
  version: string,
  { os, cpu, libc }: Readonly<Record<string, unknown>> = {},
): boolean {
  return semver.valid(version) !== null && [os, cpu, libc].every(limit => limit === undefined)
}

/** A lockfile that is missing, or is none. */
export function lockfileError(message: string, cause?: unknown): IsolateLeakError {
  return new IsolateLeakError('ERR_LOCKFILE', message, cause === undefined ? undefined : { cause })
}
