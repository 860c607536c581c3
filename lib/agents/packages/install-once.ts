import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { IsolateLeakError } from '../../errors.js'
import { makeFolder } from '../../system/file-exists.js'
import { askNpm, cacheError } from './npm-client.js'
import { realTime } from '../../system/real-time.js'

/** What npm installs into one folder. */
export interface Installation {
  /** Folder that appears when everything is installed. */
  readonly folder: string
  /** As npm understands them; a path is relative to the folder. */
  readonly specs: readonly string[]
  /** Whether the packages' install scripts run. */
  readonly scripts: boolean
  /** Further content of its package.json. */
  readonly manifest?: Readonly<Record<string, unknown>>
  /** Puts files into the folder before npm runs. */
  readonly prepare?: (folder: string) => Promise<void>
  readonly signal?: AbortSignal | undefined
}

/** Leftovers of installations that were killed are removed after six hours, when no installation still runs. */
const OLD_MS = 6 * 60 * 60 * 1_000
const DRAFT = 'draft-'

const running = new Map<string, Promise<void>>()

/**
 * Installs packages into a folder unless it is there already; several callers and several processes may ask for the
 * same folder at once. Nothing is left of an installation that failed.
 * @throws what {@link askNpm} throws; errors of the file system
 */
export async function installOnce(installation: Installation): Promise<void> {
  const { folder, signal } = installation
  for (;;) {
    if (existsSync(folder)) return
    const other = running.get(folder)
    if (other === undefined) break
    await settledOrAborted(other, signal)
  }
  const own = install(installation)
  running.set(folder, own)
  try {
    await own
  } finally {
    running.delete(folder)
  }
}

/** An empty folder beside the cached ones, which is removed after `use`. */
export async function inDraft<T>(cache: string, use: (draft: string) => Promise<T>): Promise<T> {
  const draft = join(cache, `${DRAFT}${randomUUID()}`)
  try {
    await makeFolder(draft)
  } catch (error) {
    throw cacheError(cache, error)
  }
  try {
    await removeLeftovers(cache)
    return await use(draft)
  } catch (error) {
    throw cacheError(cache, error)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function install(installation: Installation): Promise<void> {
  const { folder, specs, scripts, manifest, prepare, signal } = installation
  await inDraft(dirname(folder), async draft => {
    await writeFile(join(draft, 'package.json'), JSON.stringify({ private: true, ...manifest }, null, 2))
    await prepare?.(draft)
    await askNpm({
      command: 'install',
      flags: [
        `--prefix=${draft}`,
        '--save',
        '--save-exact',
        '--package-lock',
        '--no-package-lock-only',
        scripts ? '--no-ignore-scripts' : '--ignore-scripts',
      ],
      operands: specs,
      cwd: draft,
      signal,
    })
    // Renamed when complete: whoever sees the folder sees all of it, and the later of two processes gives way.
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  })
}

async function settledOrAborted(other: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  let abort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      const message = 'the installation was aborted by its signal'
      reject(new IsolateLeakError('ERR_ABORTED', message, { cause: signal?.reason }))
    }
    if (signal?.aborted === true) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
  try {
    // How the other installation ends is its caller's: when it failed, this one is tried.
    await Promise.race([other.catch(() => undefined), aborted])
  } finally {
    if (abort !== undefined) signal?.removeEventListener('abort', abort)
  }
}

async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith(DRAFT)) continue
    const path = join(cache, basename(name))
    // Another process may have removed it, or renamed it, meanwhile.
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && realTime.date().getTime() - found.mtimeMs > OLD_MS)
      await rm(path, { recursive: true, force: true })
  }
}
