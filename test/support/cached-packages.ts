import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { folderOfSet, type CachedSet } from '../../lib/agents/packages/cached-sets.js'

/** A package as it lies in the cache: nothing has to be installed. */
export interface PackageInCache {
  readonly name: string
  readonly version: string
  /** Name and version of what was installed with it. */
  readonly dependencies?: Readonly<Record<string, string>>
  /** Name and version of what was asked for with it, as `beside` does. */
  readonly beside?: Readonly<Record<string, string>>
  /** Further files of the package, by path. */
  readonly files?: Readonly<Record<string, string>>
  readonly engines?: Readonly<Record<string, string>>
}

/**
 * Fills a cache of packages, which calls of this process use until the test ends; what is not in it cannot be installed, and npm says
 * that a package it depends on does not exist.
 */
export const cachePackages = async (t: Test, packages: readonly PackageInCache[]): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'isolate-leak-packages-'))
  await Promise.all(packages.map(async one => cachePackage(join(folder, 'cache', 'packages'), one)))
  const npm = join(folder, 'bin', 'npm')
  await mkdir(dirname(npm))
  await writeFile(npm, NPM, { mode: 0o755 })
  const { ISOLATE_LEAK_CACHE, PATH } = process.env
  process.env.ISOLATE_LEAK_CACHE = join(folder, 'cache')
  process.env.PATH = dirname(npm)
  t.teardown(async () => {
    if (ISOLATE_LEAK_CACHE === undefined) delete process.env.ISOLATE_LEAK_CACHE
    else process.env.ISOLATE_LEAK_CACHE = ISOLATE_LEAK_CACHE
    process.env.PATH = PATH
    await rm(folder, { recursive: true, force: true })
  })
}

/** Stands for npm, whose start takes a second. */
const NPM = `#!/bin/sh
printf '%s' '{"error":{"code":"EINSTALL","summary":"made to fail"}}'
exit 1
`

const cachePackage = async (
  sets: string,
  { name, version, dependencies = {}, beside = {}, files = {}, engines }: PackageInCache,
): Promise<void> => {
  const set: CachedSet = {
    packages: Object.entries({ [name]: version, ...beside }).map(([one, at]) => ({
      ...{ name: one, version: at, asked: `${one}@${at}`, content: null },
    })),
    made: `${process.platform}-${process.arch}`,
  }
  const folder = join(sets, folderOfSet(set))
  const root = join(folder, 'node_modules', name)
  const locked = Object.entries({ ...dependencies, ...beside, [name]: version }).map(
    ([one, itsVersion]) => [`node_modules/${one}`, { version: itsVersion }] as const,
  )
  const written: Readonly<Record<string, string>> = {
    [join(folder, 'package.json')]: JSON.stringify({ isolateLeak: set }),
    [join(folder, 'package-lock.json')]: JSON.stringify({ packages: Object.fromEntries(locked) }),
    [join(root, 'package.json')]: JSON.stringify({ name, version, engines }),
    [join(root, 'index.js')]: '',
    ...Object.fromEntries(
      Object.entries(beside).map(([one, at]) => [
        join(folder, 'node_modules', one, 'package.json'),
        JSON.stringify({ name: one, version: at }),
      ]),
    ),
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [join(root, path), text])),
  }
  for (const [path, text] of Object.entries(written)) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
}
