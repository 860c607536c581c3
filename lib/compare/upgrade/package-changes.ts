import type { ReportedOptions } from '../../types/index.js'
import type { PackageChange } from '../../types/package-change.js'

type Reported = ReportedOptions['agents'][number]

/** Packages of the two trees that are not the same, without the agents themselves; several versions of one are all named. */
export function packageChanges(from: Reported | undefined, to: Reported | undefined): PackageChange[] {
  const [before, after] = [versionsOf(from), versionsOf(to)]
  const own = new Set([from?.package, to?.package])
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter(name => !own.has(name) && before.get(name) !== after.get(name))
    .sort()
    .map(name => ({ name, from: before.get(name) ?? null, to: after.get(name) ?? null }))
}

function versionsOf(agent: Reported | undefined): ReadonlyMap<string, string> {
  const versions = new Map<string, string[]>()
  for (const { name, version } of agent?.packages ?? []) {
    versions.set(name, [...(versions.get(name) ?? []), version])
  }
  return new Map([...versions].map(([name, all]) => [name, [...new Set(all)].sort().join(', ')]))
}
