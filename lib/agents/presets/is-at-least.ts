import semver from 'semver'

/** Whether an installed version is `least` or newer. One that is not known is taken for the newest. */
export function isAtLeast(version: string, least: string): boolean {
  const found = semver.coerce(version)
  return found === null || semver.gte(found, least)
}
