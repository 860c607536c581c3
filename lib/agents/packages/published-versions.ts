import { tmpdir } from 'node:os'
import { ascending } from './choose-version.js'
import { askRegistry, view, type PublishedPackage } from './registry.js'
import { satisfiesVersion } from './satisfies-version.js'

/** A version that the registry has. */
export interface PublishedVersion {
  readonly version: string
  /** ISO 8601; `null` where the registry does not say. */
  readonly publishedAt: string | null
  /** Range of Node versions it is for; `null` where it does not say. */
  readonly engines: string | null
  readonly deprecated: boolean
}

export interface PublishedOptions {
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
