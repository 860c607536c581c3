import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { isFile } from '../system/file-exists.js'
import { toPath } from './check/to-path.js'
import { IsolateLeakError } from '../errors.js'

/**
 * The script that `node <path>` would run: the file itself, the file with its extension left out, or the main file
 * of a folder.
 * @throws IsolateLeakError `ERR_ENTRY_NOT_FOUND`
 */
export function findEntryFile(value: unknown, cwd: string): string {
  const path = toPath('entry.file', value, cwd)
  if (basename(path) === 'package.json') {
    const hint = "to run what it names, give a command: 'npm start'"
    throw new IsolateLeakError('ERR_ENTRY_NOT_FOUND', `entry: ${path} is no script; ${hint}`)
  }
  if (isFile(path)) return path
  try {
    return createRequire(join(cwd, 'resolve.js')).resolve(path)
  } catch (cause) {
    throw new IsolateLeakError(
      'ERR_ENTRY_NOT_FOUND',
      `entry: there is no script ${path}; a command line is an entry as well, for example 'npm start'`,
      { cause },
    )
  }
}
