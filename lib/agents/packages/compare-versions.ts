import { parse, type SemVer } from 'semver'
import { IsolateLeakError } from '../../errors.js'

/**
 * A version in the parts that decide its order: `core` as semver knows it, and the numbers that some vendors add to
 * it. The numbers make it a later release, not a pre-release.
 */
export interface ParsedVersion {
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
