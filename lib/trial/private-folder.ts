import { lstat, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { IsolateLeakError } from '../errors.js'

/**
 * Creates a folder in `parent` that only this user can enter.
 * @throws IsolateLeakError `ERR_OUTPUT` when what was created is anything else
 */
export async function privateFolder(parent: string, prefix: string): Promise<string> {
  const folder = await mkdtemp(join(parent, prefix))
  const { uid, mode, isDirectory } = await describe(folder)
  // Windows keeps others out by lists of its own, and shows neither.
  const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o777) === 0o700)
  if (isDirectory && isOurs) return folder
  const got = `${isDirectory ? 'a folder' : 'something else'} of user ${String(uid)} with mode ${(mode & 0o777).toString(8)}`
  throw new IsolateLeakError('ERR_OUTPUT', `expected ${folder} to be a folder of one's own, got ${got}`)
}

async function describe(path: string): Promise<{ uid: number; mode: number; isDirectory: boolean }> {
  const stats = await lstat(path)
  return { uid: stats.uid, mode: stats.mode, isDirectory: stats.isDirectory() }
}
