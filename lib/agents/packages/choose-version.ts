import { compareVersions, isPrerelease, parseVersion } from './compare-versions.js'
import { packageError } from './package-error.js'
import type { RegistrySpec } from './parse-spec.js'
import type { PublishedPackage } from './registry.js'
import { satisfiesVersion } from './satisfies-version.js'

/**
 * The published version that a tag or a range means: that of the tag; in a range `latest` where it is in it, as npm
 * does, else the newest.
 * @throws IsolateLeakError `ERR_PACKAGE_VERSION` when there is none, with those that come close
 */
export function chooseVersion({ kind, name, wanted }: RegistrySpec, published: PublishedPackage): string {
  const { tags, versions } = published
  if (kind === 'tag') {
    const version = tags[wanted]
    if (version !== undefined) return version
    throw packageError(
      'ERR_PACKAGE_VERSION',
      `${name} has no tag '${wanted}'; it has ${Object.keys(tags).sort().join(', ') || 'none'}`,
    )
  }
  const matching = ascending(versions.filter(version => satisfiesVersion(version, wanted)))
  const { latest } = tags
  const chosen = latest !== undefined && matching.includes(latest) ? latest : matching.at(-1)
  if (chosen !== undefined) return chosen
  throw missingVersion(name, wanted, versions)
}

/** Says that a version is not published, and which ones beside it are. */
export function missingVersion(name: string, wanted: string, versions: readonly string[]): Error {
  const nearest = nearestVersions(wanted, versions)
  const known = nearest.length === 0 ? 'no version of it is published' : `nearest are ${nearest.join(', ')}`
  return packageError('ERR_PACKAGE_VERSION', `${name}@${wanted} is not published; ${known}`)
}

/** Up to two published versions on each side of the wanted one; releases, where there are any. */
function nearestVersions(wanted: string, versions: readonly string[]): string[] {
  const releases = versions.filter(version => !isPrerelease(version))
  const candidates = ascending(releases.length === 0 ? versions : releases)
  const anchor = /\d+(?:\.\d+)*[\w.+-]*/.exec(wanted)?.[0]
  if (anchor === undefined || parseVersion(anchor) === undefined) return candidates.slice(-4)
  const older = candidates.filter(version => compareVersions(version, anchor) < 0)
  const newer = candidates.filter(version => compareVersions(version, anchor) >= 0)
  return [...older.slice(-2), ...newer.slice(0, 2)]
}

/** Versions from the oldest to the newest; what is no version is left out. */
export function ascending(versions: readonly string[]): string[] {
  return versions.filter(version => parseVersion(version) !== undefined).sort(compareVersions)
}
