import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isFolder } from './file-exists.js'

/**
 * Makes a folder and those above it that are missing, from the nearest one that exists. Node's own recursive way tries for ever where
 * that one takes nothing in, as `/proc` does.
 * @param mode of those that are made; default as `mkdir`
 * @throws errors of the file system
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  if (isFolder(path)) return
  const parent = dirname(path)
  if (parent !== path) await makeFolder(parent, mode)
  try {
    await mkdir(path, { mode })
  } catch (error) {
    // Another may have made it meanwhile.
    if (!isFolder(path)) throw error
  }
}
