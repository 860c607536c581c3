import { IsolateLeakError } from '../../../errors.js'
import { lockfileError, type LockedTree, type Place } from './locked-tree.js'
import { readNpmLock } from './npm-lock.js'
import { readPnpmLock } from './pnpm-lock.js'
import { readYarnBerry } from './yarn-berry.js'
import { readYarnClassic } from './yarn-classic.js'

/** Lockfiles that are read, by the package manager that writes them. */
export const LOCKFILES: Readonly<Record<string, readonly string[]>> = {
  // npm takes the first of its two.
  npm: ['npm-shrinkwrap.json', 'package-lock.json'],
  pnpm: ['pnpm-lock.yaml'],
  yarn: ['yarn.lock'],
}

/**
 * Reads a lockfile.
 * @param name of the file, which says what it is
 * @param label what it is called in messages
 * @throws IsolateLeakError `ERR_LOCKFILE`
 */
export async function readLockfile(
  name: string,
  text: string,
  place: Place,
  label: string,
): Promise<LockedTree> {
  try {
    return await treeIn(name, text.replace(/^\uFEFF/, ''), place)
  } catch (error) {
    const why =
      error instanceof IsolateLeakError ? error.message : 'it is damaged, or not of this package manager'
    throw lockfileError(`${label} cannot be read: ${why}`, error)
  }
}

async function treeIn(name: string, text: string, place: Place): Promise<LockedTree> {
  if (name.endsWith('.json')) return readNpmLock(text, place)
  if (name === 'pnpm-lock.yaml') return readPnpmLock(await lastDocument(text), place)
  return /^__metadata:/m.test(text)
    ? readYarnBerry(await lastDocument(text), place)
    : readYarnClassic(text, place)
}

/** The last document of a YAML file, all its values as text. */
async function lastDocument(text: string): Promise<unknown> {
  const { parseAllDocuments } = await import('yaml')
  const documents = parseAllDocuments(text, { schema: 'failsafe', uniqueKeys: false, prettyErrors: false })
  const last = 'empty' in documents ? undefined : documents.at(-1)
  const [error] = last?.errors ?? []
  if (error !== undefined) throw error
  return last?.toJS({ maxAliasCount: 0 })
}
