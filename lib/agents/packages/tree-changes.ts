import type { InstalledTree, ResolvedPackage } from './installed-tree.js'

/** A package that two trees have in different versions. */
export interface TreeChange {
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
