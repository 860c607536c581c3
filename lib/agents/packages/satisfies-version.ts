import semver, { type Comparator, type SemVer } from 'semver'
import { compareVersions, isPrerelease, parseVersion } from './compare-versions.js'

/** What a range lets in besides releases. */
export interface RangeOptions {
  /** Also pre-releases that the range does not name; off by default, as in semver. */
  readonly includePrerelease?: boolean
}

/** Versions that semver would not read, or would read as a pre-release. */
const VENDOR_VERSION =
  /(?<![\w.+-])v?\d+\.\d+\.\d+(?:\.\d+(?:[.-][\w.-]+)?|-\d+\.\d+\.\d+)(?:\+[\w.-]+)?(?![\w.+-])/g
const STAND_IN = 'vendor'

/**
 * Whether a version is in a range of semver. Versions with numbers added by their vendor are releases and may also
 * stand in the range: `1.222.5-1.0.0` is in `^1.221.132-1.0.0` and in `1.x`.
 */
export function satisfiesVersion(version: string, range: string, options: RangeOptions = {}): boolean {
  const parsed = parseVersion(version)
  if (parsed === undefined) return false
  const vendors: string[] = []
  const readable = standIns(range, vendors)
  const { includePrerelease = false } = options
  if (parsed.extra.length === 0 && vendors.length === 0)
    return semver.satisfies(parsed.core, readable, { includePrerelease })

  const { core } = parsed
  return parseRange(readable, includePrerelease).some(comparators => {
    const bounds = comparators.map(comparator => boundOf(comparator, vendors))
    const isIn = bounds.every(bound => holds(bound, version))
    if (!isIn || includePrerelease || core.prerelease.length === 0) return isIn
    // As in semver, a pre-release is let in by a range that names one of the same version.
    return bounds.some(
      bound => bound.version !== null && isPrerelease(bound.version) && bound.core.compareMain(core) === 0,
    )
  })
}

/** Whether a text is a range (or a version), not a tag. */
export function isRange(text: string): boolean {
  return semver.validRange(standIns(text, [])) !== null
}

/** The range with a stand-in for each vendor version that keeps its place in semver's rules for `^`, `~` and ` - `. */
function standIns(range: string, vendors: string[]): string {
  return range.replaceAll(VENDOR_VERSION, version => {
    const main = /\d+\.\d+\.\d+/.exec(version)?.[0] ?? version
    return `${main}-${STAND_IN}.${vendors.push(version) - 1}`
  })
}

function parseRange(range: string, includePrerelease: boolean): readonly (readonly Comparator[])[] {
  try {
    return new semver.Range(range, { includePrerelease }).set
  } catch {
    // Not a range, so nothing is in it, as with semver.satisfies.
    return []
  }
}

interface Bound {
  readonly operator: Comparator['operator']
  readonly core: SemVer
  /** `null` for the bound that everything satisfies. */
  readonly version: string | null
}

function boundOf({ operator, semver: core, value }: Comparator, vendors: readonly string[]): Bound {
  if (value === '') return { operator, core, version: null }
  const [tag, index] = core.prerelease
  const vendor = tag === STAND_IN ? vendors[Number(index)] : undefined
  return { operator, core, version: vendor ?? core.version }
}

function holds({ operator, version: bound }: Bound, version: string): boolean {
  if (bound === null) return true
  const order = compareVersions(version, bound)
  switch (operator) {
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '':
    case '=':
      return order === 0
  }
}
