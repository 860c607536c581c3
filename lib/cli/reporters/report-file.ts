import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isFolder } from '../../system/file-exists.js'
import { IsolateLeakError } from '../../errors.js'
import { makeFolder } from '../../system/make-folder.js'

/**
 * Makes the folder of a file that is going to be written, hours from now: what stands in the way is said at once.
 * @throws IsolateLeakError `ERR_OUTPUT`
 */
export async function prepareFile(path: string): Promise<void> {
  try {
    await makeFolder(dirname(path))
    await access(dirname(path), constants.W_OK)
  } catch (cause) {
    throw new IsolateLeakError('ERR_OUTPUT', `expected to write ${path}, got: ${(cause as Error).message}`, {
      cause,
    })
  }
  if (isFolder(path))
    throw new IsolateLeakError('ERR_OUTPUT', `expected to write a file ${path}, got a folder of that name`)
}
