import semver from 'semver'
import { texts } from '../../options/check/fields.js'
import { parse } from '../../options/check/parse.js'
import { invalidOption } from '../../options/check/check-object.js'
import { missingVersion } from '../../agents/packages/published-versions.js'
import { publishedVersions, ascending } from '../../agents/packages/published-versions.js'
import {
  isRange,
  satisfiesVersion,
  compareVersions,
  isPrerelease,
  parseVersion,
} from '../../agents/packages/satisfies-version.js'
import type { BisectOptions } from './types.js'

/** The versions of a search, oldest first. */
export interface Candidates {
  readonly versions: readonly string[]
  /** Versions whose `engines` field excludes the trial's Node, and what it asks for. */
  readonly skipped: readonly { readonly version: string; readonly reason: string }[]
  /** When they were published, ISO 8601, where that is known. */
  readonly publishedAt: Readonly<Record<string, string>>
}

type Wanted = Pick<BisectOptions, 'range' | 'good' | 'bad' | 'versions' | 'includePrerelease'>

/**
 * The versions to search: those that are listed, or published, within the range and the bounds. Versions that are asked for by name are
 * never skipped for their `engines` field, which is often stricter than reality.
 * @throws IsolateLeakError `ERR_OPTION_INVALID` when fewer than two are left, `ERR_PACKAGE_VERSION` for a bound that is not among
 * them, and what {@link publishedVersions} throws
 */
export async function findCandidates(
  name: string,
  wanted: Wanted,
  { nodeVersion, signal }: { readonly nodeVersion: string; readonly signal: AbortSignal | null },
): Promise<Candidates> {
  const { good, bad, includePrerelease = false } = wanted
  const bounds = [good, bad].filter(bound => bound !== undefined)
  for (const bound of bounds) {
    if (parseVersion(bound) === undefined)
      throw invalidOption(`good and bad must be versions such as 1.2.3, got '${bound}'`)
  }
  if (wanted.range !== undefined && !isRange(wanted.range))
    throw invalidOption(`range must be a range of semver such as '>=4 <6', got '${wanted.range}'`)
  const range = wanted.range ?? '*'
  const known = await knownVersions(name, wanted, signal)
  for (const bound of bounds) {
    if (!known.some(({ version }) => version === bound))
      throw missingVersion(
        name,
        bound,
        known.map(({ version }) => version),
      )
  }

  const isWithin = (version: string): boolean => {
    const [low, high] = good !== undefined && bad !== undefined ? ascending([good, bad]) : [good, bad]
    if (low !== undefined && compareVersions(version, low) < 0) return false
    return high === undefined || compareVersions(version, high) <= 0
  }
  const within = known.filter(
    ({ version }) =>
      bounds.includes(version) ||
      (isWithin(version) &&
        (wanted.versions === undefined
          ? satisfiesVersion(version, range, { includePrerelease })
          : wanted.range === undefined || satisfiesVersion(version, range, { includePrerelease: true }))),
  )
  const skipped = within.flatMap(({ version, engines }) =>
    engines === null || bounds.includes(version) || fits(nodeVersion, engines)
      ? []
      : [{ version, reason: `it asks for Node ${engines}; the application runs on ${nodeVersion}` }],
  )
  const out = new Set(skipped.map(({ version }) => version))
  const left = within.filter(({ version }) => !out.has(version))
  if (left.length < 2) {
    const of =
      skipped.length === 0 ? '' : `, ${String(skipped.length)} others are not for Node ${nodeVersion}`
    throw invalidOption(
      `expected at least two versions of ${name} to search, got ${String(left.length)}${of}`,
    )
  }
  return {
    versions: left.map(({ version }) => version),
    skipped,
    publishedAt: Object.fromEntries(
      left.flatMap(({ version, publishedAt }) => (publishedAt === null ? [] : [[version, publishedAt]])),
    ),
  }
}

interface Known {
  readonly version: string
  readonly publishedAt: string | null
  readonly engines: string | null
}

async function knownVersions(
  name: string,
  wanted: Wanted,
  signal: AbortSignal | null,
): Promise<readonly Known[]> {
  if (wanted.versions !== undefined) {
    const versions = parse(texts, wanted.versions, 'versions')
    const wrong = versions.find(version => parseVersion(version) === undefined)
    if (wrong !== undefined) throw invalidOption(`versions must hold versions such as 1.2.3, got '${wrong}'`)
    return ascending([...new Set(versions)]).map(version => ({ version, publishedAt: null, engines: null }))
  }
  const bounds = [wanted.good, wanted.bad].filter(bound => bound !== undefined)
  const includePrerelease = wanted.includePrerelease === true || bounds.some(isPrerelease)
  return publishedVersions(name, { includePrerelease, ...(signal === null ? {} : { signal }) })
}

function fits(nodeVersion: string, engines: string): boolean {
  return (
    semver.validRange(engines) === null || semver.satisfies(nodeVersion, engines, { includePrerelease: true })
  )
}

/** Major and minor number, for example `4.21`. */
export function minorLine(version: string): string {
  const core = parseVersion(version)?.core
  return core === undefined ? version : `${String(core.major)}.${String(core.minor)}`
}
