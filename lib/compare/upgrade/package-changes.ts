import type { PackageChange } from '../../types/bisect.js'
import type { ReportedOptions } from '../../types/index.js'

type Reported = ReportedOptions['agents'][number]
type Packages = readonly { readonly name: string; readonly version: string }[]

/** Packages of the two trees that are not the same, without the agents themselves. */
export function packageChanges(from: Reported | undefined, to: Reported | undefined): PackageChange[] {
  const own = new Set([from?.package, to?.package])
  return differences(from?.packages ?? [], to?.packages ?? []).filter(({ name }) => !own.has(name))
}

/** Packages that are not in the same versions, by name; several versions of one are all named. */
export function differences(from: Packages, to: Packages): PackageChange[] {
  const [before, after] = [versionsOf(from), versionsOf(to)]
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter(name => before.get(name) !== after.get(name))
    .sort()
    .map(name => ({ name, from: before.get(name) ?? null, to: after.get(name) ?? null }))
}

function versionsOf(packages: Packages): ReadonlyMap<string, string> {
  const versions = new Map<string, string[]>()
  for (const { name, version } of packages) versions.set(name, [...(versions.get(name) ?? []), version])
  return new Map([...versions].map(([name, all]) => [name, [...new Set(all)].sort().join(', ')]))
}
