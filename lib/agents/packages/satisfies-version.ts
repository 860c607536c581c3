import semver from 'semver'
import { type Comparator, type SemVer, parse } from 'semver'
import { IsolateLeakError } from '../../errors.js'

/** What a range lets in besides releases. */
interface RangeOptions {
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

/**
 * A version in the parts that decide its order: `core` as semver knows it, and the numbers that some vendors add to
 * it. The numbers make it a later release, not a pre-release.
 */
interface ParsedVersion {
  readonly core: SemVer
  /** `[1, 0, 0]` of `1.221.132-1.0.0`, `[20230713, 123456]` of `1.269.180.20230713-123456`; empty for semver's own. */
  readonly extra: readonly bigint[]
}

const SHAPE = /^[v=]*\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?(\.\d+(?!\w)(?:[.-]\d+(?!\w))*)?((?:[-+].*)?)$/
/** A whole version behind the dash is a vendor's revision; semver's own pre-releases are `-0`, `-beta.1`, `-20230713.1`. */
const REVISION = /^-(\d+\.\d+\.\d+)(\+[\w.-]+)?$/

/** A version in its parts; `undefined` for what is none. */
export function parseVersion(version: string): ParsedVersion | undefined {
  const [, major, minor = '0', patch = '0', parts = '', rest = ''] = SHAPE.exec(version.trim()) ?? []
  if (major === undefined) return undefined
  const revision = parts === '' ? REVISION.exec(rest) : null
  const numbers = [major, minor, patch].map(number => String(BigInt(number))).join('.')
  const core = parse(numbers + (revision === null ? rest : (revision[2] ?? '')), { loose: true })
  if (core === null) return undefined
  const extra = (revision?.[1] ?? parts).split(/[.-]/).filter(number => number !== '')
  return { core, extra: extra.map(BigInt) }
}

/**
 * Order of two versions, negative when `a` is the older one. Semver's order for semver's own versions; a version with
 * numbers added by its vendor comes after the one without, `1.269.180` before `1.269.180.20230713-123456`, and in the
 * order of these numbers. Missing parts are zero, build metadata (`+...`) does not count.
 * @throws IsolateLeakError `ERR_PACKAGE_VERSION` for what is no version
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [required(a), required(b)]
  return (
    left.core.compareMain(right.core) ||
    compareNumbers(left.extra, right.extra) ||
    left.core.comparePre(right.core)
  )
}

/** Whether a version is a pre-release: `1.0.0-beta.1` is one, a vendor's `1.221.132-1.0.0` is not. */
export function isPrerelease(version: string): boolean {
  return (parseVersion(version)?.core.prerelease.length ?? 0) > 0
}

function compareNumbers(left: readonly bigint[], right: readonly bigint[]): number {
  for (const [index, number] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    if (number !== other) return number < other ? -1 : 1
  }
  return left.length - right.length
}

function required(version: string): ParsedVersion {
  const parsed = parseVersion(version)
  if (parsed !== undefined) return parsed
  throw new IsolateLeakError('ERR_PACKAGE_VERSION', `expected a version such as 1.2.3, got '${version}'`)
}
