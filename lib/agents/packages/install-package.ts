import { existsSync } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { isFile } from '../../system/file-exists.js'
import { invalidOption } from '../../options/check/check-object.js'
import { IsolateLeakError } from '../../errors.js'
import { redactText } from '../../options/redact/redact-text.js'
import {
  type CachedPackage,
  type Wanted,
  folderOfSet,
  newestCachedSet,
  type PackedSource,
  packSource,
} from './cached-sets.js'
import {
  chooseVersion,
  missingVersion,
  type RegistryQuestion,
  askRegistry,
  registryError,
} from './published-versions.js'
import { inDraft, installOnce } from './install-once.js'
import { type InstalledTree, readTree } from './installed-tree.js'
import { type PackageSpec, parseSpec } from './parse-spec.js'
import { isNpmFailure, packageError } from './npm-client.js'

interface InstallOptions {
  /** Folder of the cache. Default: `ISOLATE_LEAK_CACHE`, else `isolate-leak` in `XDG_CACHE_HOME` or the platform's place. */
  readonly cacheDir?: string | undefined
  /** Further packages that are installed beside it, such as `@opentelemetry/api`. */
  readonly companions?: readonly string[] | undefined
  /** Whether install scripts of the packages run. Default `false`. */
  readonly scripts?: boolean | undefined
  /** Folder that relative paths start from. Default: the working directory. */
  readonly cwd?: string | undefined
  /** Ends npm and everything it started. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: InstallProgress) => void) | undefined
}

/** What is being done: the registry is asked, a folder or a tarball is packed, npm installs, or it was installed before. */
export interface InstallProgress {
  readonly step: 'ask' | 'pack' | 'install' | 'cached'
  /** The package as it was asked for; of an installation, name and version. */
  readonly package: string
}

interface Job {
  readonly sets: string
  readonly made: string
  readonly scripts: boolean
  readonly signal: AbortSignal | undefined
  readonly report: (step: InstallProgress['step'], what: string) => void
}

/**
 * Installs a package with the npm client, once, into a folder of its own in a cache outside the application. An exact
 * version that is cached needs no network. For a range or a tag the registry is asked; when it does not answer, the
 * newest cached version that satisfies is taken, and `note` says so. A folder or a tarball is known by its content.
 * @param spec `'dd-trace@5.20.0'`, a range `'dd-trace@^5.20'`, a tag `'dd-trace@latest'`, a name, a path of a folder or
 * a tarball, or the address of a tarball
 * @throws IsolateLeakError `ERR_PACKAGE_UNKNOWN` no such package, `ERR_PACKAGE_VERSION` no such version, `ERR_REGISTRY`
 * no answer of the registry, `ERR_NO_SPACE`, `ERR_NPM_MISSING`, `ERR_INSTALL` whatever else npm says, `ERR_ABORTED`,
 * `ERR_OPTION_INVALID` for a spec that cannot be read
 */
export async function installPackage(spec: string, options: InstallOptions = {}): Promise<InstalledTree> {
  const { companions = [], scripts = false, cwd = process.cwd(), signal, onProgress } = options
  if (signal?.aborted === true)
    throw new IsolateLeakError('ERR_ABORTED', 'the installation was aborted by its signal', {
      cause: signal.reason,
    })
  const specs = [spec, ...companions].map(text => parseSpec(text, cwd))
  const job: Job = {
    sets: join(resolve(options.cacheDir ?? cacheFolder()), 'packages'),
    made: [process.platform, process.arch, ...(scripts ? ['scripts', process.versions.modules] : [])].join(
      '-',
    ),
    scripts,
    signal,
    report: (step, what) => onProgress?.({ step, package: what }),
  }
  const isSource = specs.some(one => 'source' in one)
  const installed = isSource
    ? await inDraft(job.sets, async draft => installAll(specs, job, draft))
    : await installAll(specs, job, tmpdir())
  return Object.freeze({ ...installed, requested: redactText(spec) })
}

/** @param draft folder for tarballs */
async function installAll(
  specs: readonly PackageSpec[],
  job: Job,
  draft: string,
): Promise<Omit<InstalledTree, 'requested'>> {
  const wanted = await Promise.all(
    specs.map(async (spec, at) => resolveSpec(spec, job, join(draft, String(at)))),
  )
  const unanswered = wanted.find(one => one instanceof Unanswered)
  if (unanswered === undefined) return installExact(wanted as CachedPackage[], job, null)

  const fitting = wanted.map((one): Wanted => (one instanceof Unanswered ? one.spec : one))
  const cached = await newestCachedSet(job.sets, fitting, job.made)
  if (cached === undefined) throw unanswered.error
  const versions = cached.packages.map(({ name, version }) => `${name} ${version}`).join(', ')
  return installExact(
    cached.packages,
    job,
    `the registry did not answer: ${versions} is the newest in the cache that satisfies`,
  )
}

class Unanswered {
  readonly spec: PackageSpec
  readonly error: IsolateLeakError
  constructor(spec: PackageSpec, error: IsolateLeakError) {
    this.spec = spec
    this.error = error
  }
}

async function resolveSpec(
  spec: PackageSpec,
  { report, signal }: Job,
  draft: string,
): Promise<CachedPackage | PackedSource | Unanswered> {
  const { text } = spec
  try {
    if ('source' in spec) {
      report('pack', text)
      return await packSource(spec, draft, signal)
    }
    if (spec.kind === 'version') return { name: spec.name, version: spec.wanted, asked: text, content: null }
    report('ask', text)
    const published = await askRegistry(spec.name, { cwd: tmpdir(), signal })
    return { name: spec.name, version: chooseVersion(spec, published), asked: text, content: null }
  } catch (error) {
    if (error instanceof IsolateLeakError && error.code === 'ERR_REGISTRY') return new Unanswered(spec, error)
    throw error
  }
}

async function installExact(
  packages: readonly (CachedPackage | PackedSource)[],
  { sets, made, scripts, signal, report }: Job,
  note: string | null,
): Promise<Omit<InstalledTree, 'requested'>> {
  const [main] = packages
  if (main === undefined) throw invalidOption('a package is expected, got none')
  const names = packages.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw invalidOption(`${twice} cannot be installed twice into one folder`)

  const folder = join(sets, folderOfSet({ packages, made }))
  const what = packages.map(({ name, version }) => `${name}@${version}`).join(', ')
  // Somebody has removed a part of it, as cleaners of caches do.
  if (existsSync(folder) && !isWhole(folder, names)) await rm(folder, { recursive: true, force: true })
  if (existsSync(folder)) {
    report('cached', what)
  } else {
    report('install', what)
    const kept = packages.map(({ name, version, asked, content }) => ({
      name,
      version,
      asked,
      content,
    }))
    const installation = {
      folder,
      scripts,
      signal,
      specs: packages.map(one =>
        'tarball' in one ? `./${basename(one.tarball)}` : `${one.name}@${one.version}`,
      ),
      manifest: { isolateLeak: { packages: kept, made } },
      prepare: async (draft: string) => {
        for (const one of packages) {
          if ('tarball' in one) await copyFile(one.tarball, join(draft, basename(one.tarball)))
        }
      },
    }
    await installOnce(installation).catch(async (error: unknown) => {
      throw await explainFailure(error, packages, { cwd: tmpdir(), signal })
    })
  }
  return { ...(await readTree(folder, main.name)), note }
}

function isWhole(folder: string, names: readonly string[]): boolean {
  const files = [['package-lock.json'], ...names.map(name => ['node_modules', name, 'package.json'])]
  return files.every(parts => isFile(join(folder, ...parts)))
}

/**
 * Where installed packages are kept: `ISOLATE_LEAK_CACHE`, else `XDG_CACHE_HOME/isolate-leak`, else the usual place of
 * the platform.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (isSet(env.ISOLATE_LEAK_CACHE)) return resolve(env.ISOLATE_LEAK_CACHE)
  if (isSet(env.XDG_CACHE_HOME)) return resolve(env.XDG_CACHE_HOME, 'isolate-leak')
  if (process.platform === 'win32')
    return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'isolate-leak', 'Cache')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'isolate-leak')
  return join(homedir(), '.cache', 'isolate-leak')
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}

/**
 * What npm's failure to install packages means: npm says that something was not found, and the registry is asked
 * whether it is one of them or one that they depend on.
 */
async function explainFailure(
  error: unknown,
  packages: readonly CachedPackage[],
  question: RegistryQuestion,
): Promise<unknown> {
  if (!isNpmFailure(error)) return error
  const names = packages.map(({ name }) => name).join(', ')
  if (error.code !== 'ETARGET' && error.code !== 'E404') return registryError(error, names)
  for (const { name, version, content } of packages) {
    if (content !== null) continue
    try {
      const { versions } = await askRegistry(name, question)
      if (!versions.includes(version)) return missingVersion(name, version, versions)
    } catch (cause) {
      return cause
    }
  }
  return packageError('ERR_INSTALL', error.message, { cause: error })
}
