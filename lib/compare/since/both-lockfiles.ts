import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { isRecord } from '../../options/check/check-object.js'
import { isFile } from '../../system/file-exists.js'
import { LARGEST_FILE, openRepository, type Repository } from '../../system/git.js'
import { lockfileError, type LockedTree } from './lockfile/locked-tree.js'
import { LOCKFILES, readLockfile } from './lockfile/read-lockfile.js'

/** What the lockfile of an application said, and what it says now. */
export interface BothLockfiles {
  /** Its path in the repository. */
  readonly lockfile: string
  /** Hash of the commit that is compared with. */
  readonly commit: string
  readonly before: LockedTree
  readonly now: LockedTree
}

type Read = (path: string) => Promise<string | null>

/**
 * Reads the lockfile of an application in the working tree, and as it was where the history parted from that of `since`.
 * @param folder of the application; the lockfile is in it, or in the nearest one above that has one, within the repository
 * @throws IsolateLeakError `ERR_GIT`, `ERR_LOCKFILE`
 */
export async function bothLockfiles(
  folder: string,
  since: string,
  signal: AbortSignal | null,
): Promise<BothLockfiles> {
  const repository = await openRepository(folder, signal)
  const here: Read = async path => readFileOf(join(repository.root, path))
  const lockfile = await findLockfile(repository, here)
  const commit = await repository.partedFrom(since)
  const there: Read = async path => repository.read(commit, path)
  const places = { lockfile, folder: repository.folder }
  return {
    ...{ lockfile, commit },
    before: await treeIn(there, places, `${lockfile} of ${since} (${commit.slice(0, 12)})`),
    now: await treeIn(here, places, lockfile),
  }
}

async function findLockfile({ root, folder }: Repository, here: Read): Promise<string> {
  for (const one of foldersUpTo(folder, '')) {
    const found = Object.entries(LOCKFILES).flatMap(([manager, names]) => {
      const name = names.find(name => isFile(join(root, one, name)))
      return name === undefined ? [] : [{ manager, name }]
    })
    if (found.length === 0) continue
    const manager = found.length === 1 ? undefined : managerOf(await manifestIn(here, one))
    const meant = found.length === 1 ? found[0] : found.find(lock => lock.manager === manager)
    if (meant !== undefined) return pathIn(one, meant.name)
    throw lockfileError(
      `expected one lockfile in ${join(root, one)}, got ${found.map(({ name }) => name).join(' and ')}: remove what is no longer ` +
        'written, or say which it is by packageManager in package.json',
    )
  }
  const names = Object.values(LOCKFILES).flat().join(', ')
  throw lockfileError(`there is no lockfile (${names}) in ${join(root, folder)}, nor above in ${root}`)
}

async function treeIn(
  read: Read,
  { lockfile, folder }: { readonly lockfile: string; readonly folder: string },
  label: string,
): Promise<LockedTree> {
  const text = await read(lockfile)
  if (text === null) throw lockfileError(`there is no ${label}: it cannot be told what changed`)
  const home = lockfile.slice(0, Math.max(0, lockfile.lastIndexOf('/')))
  const manifests = new Map<string, unknown>()
  for (const one of foldersUpTo(folder, home)) {
    manifests.set(one.slice(home === '' ? 0 : home.length + 1), await manifestIn(read, one))
  }
  const place = {
    folders: [...manifests.keys()],
    manifest: (one: string) => manifests.get(one) ?? null,
  }
  return readLockfile(lockfile.slice(home === '' ? 0 : home.length + 1), text, place, label)
}

/** A folder and those above it, up to one of them. */
function foldersUpTo(folder: string, top: string): string[] {
  const all = [folder]
  for (let one = folder; one !== top;) {
    one = one.slice(0, Math.max(0, one.lastIndexOf('/')))
    all.push(one)
  }
  return all
}

function pathIn(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

/** A package.json that is missing or damaged says nothing: most lockfiles do without. */
async function manifestIn(read: Read, folder: string): Promise<unknown> {
  const text = await read(pathIn(folder, 'package.json'))
  try {
    return text === null ? null : (JSON.parse(text) as unknown)
  } catch {
    return null
  }
}

/** `pnpm@10.2.0` in the field packageManager. */
function managerOf(manifest: unknown): string | undefined {
  if (!isRecord(manifest) || typeof manifest.packageManager !== 'string') return undefined
  return manifest.packageManager.split('@')[0]
}

async function readFileOf(path: string): Promise<string | null> {
  if (!isFile(path)) return null
  let file
  try {
    file = await open(path)
    const { size } = await file.stat()
    if (size > LARGEST_FILE)
      throw lockfileError(
        `expected ${path} to have at most ${String(LARGEST_FILE)} bytes, got ${String(size)}`,
      )
    return await file.readFile('utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_LOCKFILE') throw cause
    throw lockfileError(`${path} cannot be read: ${(cause as Error).message}`, cause)
  } finally {
    await file?.close()
  }
}
