import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compareVersions, parseVersion } from './satisfies-version.js'
import { packageError } from './npm-client.js'

/** A package as it was resolved. */
interface ResolvedPackage {
  readonly name: string
  readonly version: string
  /** Subresource integrity of its tarball; `null` where the lock file has none. */
  readonly integrity: string | null
}

/** A package installed in a folder of its own, with all that it depends on. */
export interface InstalledTree extends ResolvedPackage {
  /** Folder of the package. */
  readonly root: string
  /** Folder that holds `node_modules` and `package-lock.json`. */
  readonly prefix: string
  /** What `package-lock.json` resolved, the package itself among it, each version once, by name and version. */
  readonly tree: readonly ResolvedPackage[]
  /** What was asked for. */
  readonly requested: string
  /** What to know about this answer, such as that the registry was not reachable; `null` where there is nothing. */
  readonly note: string | null
}

interface LockFile {
  readonly packages: Readonly<
    Record<string, { readonly name?: string; readonly version?: string; readonly integrity?: string }>
  >
}

const FOLDER = 'node_modules/'

/** Reads what is installed in `prefix`. */
export async function readTree(
  prefix: string,
  name: string,
): Promise<Omit<InstalledTree, 'requested' | 'note'>> {
  const file = join(prefix, 'package-lock.json')
  const { packages } = JSON.parse(await readFile(file, 'utf8')) as LockFile
  const resolved = new Map<string, ResolvedPackage>()
  for (const [path, { name: alias, version, integrity = null }] of Object.entries(packages)) {
    if (version === undefined || !path.includes(FOLDER)) continue
    const name = alias ?? path.slice(path.lastIndexOf(FOLDER) + FOLDER.length)
    resolved.set(`${name}@${version}`, { name, version, integrity })
  }
  const { version, integrity = null } = packages[FOLDER + name] ?? {}
  if (version === undefined) throw packageError('ERR_INSTALL', `${file} does not list ${name}`)
  return {
    name,
    version,
    integrity,
    root: join(prefix, 'node_modules', ...name.split('/')),
    prefix,
    tree: Object.freeze([...resolved.values()].sort(byNameAndVersion)),
  }
}

function byNameAndVersion(a: ResolvedPackage, b: ResolvedPackage): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1
  const comparable = parseVersion(a.version) !== undefined && parseVersion(b.version) !== undefined
  return comparable ? compareVersions(a.version, b.version) : a.version < b.version ? -1 : 1
}

/** A package that two trees have in different versions. */
interface TreeChange {
  readonly name: string
  /** Versions in the first tree, `, ` between several; `null` when it is not in it. */
  readonly from: string | null
  /** Versions in the second tree; `null` when it is not in it. */
  readonly to: string | null
  /** Whether it is the installed package, not one that it depends on. */
  readonly itself: boolean
}

/** The packages that two resolved trees have in different versions, the installed package first, then by name. */
export function treeChanges(a: InstalledTree, b: InstalledTree): TreeChange[] {
  const [before, after] = [byName(a.tree), byName(b.tree)]
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return names
    .flatMap(name => {
      const [older, newer] = [before.get(name) ?? [], after.get(name) ?? []]
      if (older.length === newer.length && older.every((one, index) => isSame(one, newer[index]))) return []
      const sameVersions = versionsOf(older, false) === versionsOf(newer, false)
      const itself = name === a.name || name === b.name
      return [{ name, from: versionsOf(older, sameVersions), to: versionsOf(newer, sameVersions), itself }]
    })
    .sort((left, right) => Number(right.itself) - Number(left.itself))
}

function byName(tree: readonly ResolvedPackage[]): Map<string, ResolvedPackage[]> {
  const groups = new Map<string, ResolvedPackage[]>()
  for (const one of tree) groups.set(one.name, [...(groups.get(one.name) ?? []), one])
  return groups
}

function isSame(one: ResolvedPackage, other: ResolvedPackage | undefined): boolean {
  if (one.version !== other?.version) return false
  return one.integrity === other.integrity || one.integrity === null || other.integrity === null
}

/** A version built twice differs by its content alone. */
function versionsOf(packages: readonly ResolvedPackage[], withContent: boolean): string | null {
  if (packages.length === 0) return null
  return packages
    .map(({ version, integrity }) =>
      withContent ? `${version} (${(integrity ?? '').slice(0, 19)})` : version,
    )
    .join(', ')
}
