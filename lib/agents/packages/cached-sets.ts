import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { PackageSpec, SourceSpec } from './parse-spec.js'
import { satisfiesVersion, compareVersions, isPrerelease, parseVersion } from './satisfies-version.js'
import { existsSync } from 'node:fs'
import { isFile, makeFolder } from '../../system/file-exists.js'
import { askNpm, packageError } from './npm-client.js'
import { registryError } from './published-versions.js'

/** A package of a cached folder, as the folder's own package.json keeps it. */
export interface CachedPackage {
  readonly name: string
  readonly version: string
  /** What it was asked for as. */
  readonly asked: string
  /** Integrity of the tarball; `null` for a package of the registry. */
  readonly content: string | null
}

/** Packages that are installed together. */
export interface CachedSet {
  readonly packages: readonly CachedPackage[]
  /** Whether install scripts ran, and for which platform they were installed. */
  readonly made: string
}

/** A package of which the exact version is known, or is not because the registry does not answer. */
export type Wanted = CachedPackage | PackageSpec

/** Name of a set's folder: readable, and another one for everything that makes another installation. */
export function folderOfSet({ packages, made }: CachedSet): string {
  const key = [made, ...packages.map(({ name, version, content }) => `${name}@${version} ${content ?? ''}`)]
  const hash = createHash('sha256').update(key.join('\n')).digest('hex').slice(0, 16)
  const { name, version } = packages[0] as CachedPackage
  return `${name.replace('/', '+')}@${version}-${hash}`
}

/**
 * The cached set that has what is wanted, the one with the newest versions where there are several.
 * @param folder holds the cached sets
 */
export async function newestCachedSet(
  folder: string,
  wanted: readonly Wanted[],
  made: string,
): Promise<CachedSet | undefined> {
  const sets: CachedSet[] = []
  for (const name of await entries(folder)) {
    const set = await readSet(join(folder, name))
    if (set?.made !== made || set.packages.length !== wanted.length) continue
    if (set.packages.every((one, index) => fits(one, wanted[index]))) sets.push(set)
  }
  return sets.sort(byVersions).at(-1)
}

function fits(one: CachedPackage, wanted: Wanted | undefined): boolean {
  if (wanted === undefined) return false
  if (!('kind' in wanted))
    return one.name === wanted.name && one.version === wanted.version && one.content === wanted.content
  if ('source' in wanted) return one.asked === wanted.text
  if (one.name !== wanted.name || one.content !== null) return false
  if (wanted.kind === 'tag')
    return one.asked === wanted.text || (wanted.wanted === 'latest' && !isPrerelease(one.version))
  return satisfiesVersion(one.version, wanted.wanted)
}

function byVersions(a: CachedSet, b: CachedSet): number {
  for (const [index, { version }] of a.packages.entries()) {
    const other = b.packages[index]?.version ?? version
    if (parseVersion(version) === undefined || parseVersion(other) === undefined) continue
    const order = compareVersions(version, other)
    if (order !== 0) return order
  }
  return 0
}

async function entries(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(name => !name.startsWith('draft-'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function readSet(folder: string): Promise<CachedSet | undefined> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      isolateLeak?: CachedSet
    }
    return manifest.isolateLeak
  } catch {
    // Not one of the cached sets, or one that is being removed: as good as not there.
    return undefined
  }
}

/** A package as a tarball of its present content. */
export interface PackedSource extends CachedPackage {
  readonly tarball: string
}

/**
 * Packs a folder as npm would publish it, without running its scripts, or fetches a tarball, so that it is known by
 * its content.
 * @param draft folder for the tarball, made here
 */
export async function packSource(
  { kind, text, source }: SourceSpec,
  draft: string,
  signal: AbortSignal | undefined,
): Promise<PackedSource> {
  if (kind === 'folder-or-tarball') checkSource(source)
  await makeFolder(draft)
  const answer = await askNpm({
    command: 'pack',
    flags: ['--ignore-scripts', `--pack-destination=${draft}`],
    operands: [source],
    cwd: draft,
    signal,
  }).catch((error: unknown) => {
    throw registryError(error, text)
  })
  const [packed] = (Array.isArray(answer) ? answer : Object.values(answer ?? {})) as Partial<
    Record<'name' | 'version' | 'integrity', string>
  >[]
  const file = (await readdir(draft)).find(name => name.endsWith('.tgz'))
  const { name, version, integrity } = packed ?? {}
  if (file === undefined || name === undefined || version === undefined || integrity === undefined)
    throw packageError('ERR_INSTALL', `npm pack made no package of ${text}`)
  return { name, version, asked: text, content: integrity, tarball: join(draft, file) }
}

function checkSource(source: string): void {
  if (!existsSync(source))
    throw packageError('ERR_PACKAGE_UNKNOWN', `there is no folder or tarball ${source}`)
  if (!isFile(source) && !isFile(join(source, 'package.json')))
    throw packageError('ERR_PACKAGE_UNKNOWN', `the folder ${source} is no package: it has no package.json`)
}
