import { tmpdir } from 'node:os'
import { satisfiesVersion, compareVersions, isPrerelease, parseVersion } from './satisfies-version.js'
import type { RegistrySpec } from './parse-spec.js'
import { askNpm, isNpmFailure, isUnreachable, packageError } from './npm-client.js'

/** A version that the registry has. */
interface PublishedVersion {
  readonly version: string
  /** ISO 8601; `null` where the registry does not say. */
  readonly publishedAt: string | null
  /** Range of Node versions it is for; `null` where it does not say. */
  readonly engines: string | null
  readonly deprecated: boolean
}

interface PublishedOptions {
  /** Only versions in this range. Default: all. */
  readonly range?: string | undefined
  /** Also pre-releases. Default `false`. */
  readonly includePrerelease?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

type Details = Pick<PublishedVersion, 'engines' | 'deprecated'>

/** Versions asked for with one command, which has a limited length on some platforms. */
const AT_ONCE = 300

const packages = new Map<string, PublishedPackage>()
const details = new Map<string, Details>()

/**
 * The published versions of a package, oldest first. The registry is asked once in a process.
 * @throws IsolateLeakError `ERR_PACKAGE_UNKNOWN`, `ERR_REGISTRY`, `ERR_NPM_MISSING`, `ERR_INSTALL`, `ERR_ABORTED`
 */
export async function publishedVersions(
  name: string,
  options: PublishedOptions = {},
): Promise<PublishedVersion[]> {
  const { range = '*', includePrerelease = false, signal } = options
  const question = { cwd: tmpdir(), signal }
  const key = `${process.env.npm_config_registry ?? ''} ${name}`
  const published = packages.get(key) ?? (await askRegistry(name, question))
  packages.set(key, published)

  const wanted = ascending(published.versions).filter(version =>
    satisfiesVersion(version, range, { includePrerelease }),
  )
  const unknown = wanted.filter(version => !details.has(`${key}@${version}`))
  for (let at = 0; at < unknown.length; at += AT_ONCE) {
    const some = unknown.slice(at, at + AT_ONCE).join(' || ')
    const answer = await view(name, [`${name}@${some}`, 'name', 'version', 'engines', 'deprecated'], question)
    for (const one of [answer ?? []].flat() as Record<string, unknown>[])
      details.set(`${key}@${String(one.version)}`, detailsOf(one))
  }
  return wanted.map(version => ({
    version,
    publishedAt: published.times[version] ?? null,
    ...(details.get(`${key}@${version}`) ?? { engines: null, deprecated: false }),
  }))
}

function detailsOf({ engines, deprecated }: Readonly<Record<string, unknown>>): Details {
  const { node } = (engines ?? {}) as { node?: unknown }
  return { engines: typeof node === 'string' ? node : null, deprecated: Boolean(deprecated) }
}

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

/** What the registry says of a package as a whole. */
export interface PublishedPackage {
  readonly name: string
  readonly versions: readonly string[]
  /** Version of each tag. */
  readonly tags: Readonly<Record<string, string>>
  /** Date of each version, as the registry writes it. */
  readonly times: Readonly<Record<string, string>>
}

export interface RegistryQuestion {
  readonly cwd: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks the registry which versions of a package are published.
 * @throws IsolateLeakError `ERR_PACKAGE_UNKNOWN`, `ERR_REGISTRY`, `ERR_INSTALL`, `ERR_NPM_MISSING`, `ERR_ABORTED`
 */
export async function askRegistry(name: string, question: RegistryQuestion): Promise<PublishedPackage> {
  const answer = await view(name, [name, 'name', 'versions', 'dist-tags', 'time'], question)
  const { versions, 'dist-tags': tags, time } = (answer ?? {}) as Readonly<Record<string, unknown>>
  return {
    name,
    versions: [versions ?? []].flat().map(String),
    tags: (tags ?? {}) as Record<string, string>,
    times: (time ?? {}) as Record<string, string>,
  }
}

/** One field or more of `name@range`, as npm prints them. */
async function view(
  name: string,
  operands: readonly string[],
  { cwd, signal }: RegistryQuestion,
): Promise<unknown> {
  try {
    return await askNpm({ command: 'view', operands, cwd, signal })
  } catch (error) {
    throw registryError(error, name)
  }
}

/** What npm's failure to find a package means. */
export function registryError(error: unknown, name: string): unknown {
  if (!isNpmFailure(error)) return error
  if (isUnreachable(error))
    return packageError('ERR_REGISTRY', `the registry did not answer for ${name}: ${error.message}`, {
      cause: error,
    })
  if (error.code === 'E404')
    return packageError('ERR_PACKAGE_UNKNOWN', `the registry knows no package ${name}`, { cause: error })
  if (error.code === 'ENOSPC')
    return packageError('ERR_NO_SPACE', `no space left for packages: ${error.message}`, { cause: error })
  return packageError('ERR_INSTALL', error.message, { cause: error })
}
