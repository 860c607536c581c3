import { type Stats, accessSync, constants, statSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { mkdir } from 'node:fs/promises'

/** Whether a file (no folder) is at this path and can be reached. */
export function isFile(path: string): boolean {
  return look(path)?.isFile() ?? false
}

/** Whether a folder is at this path and can be reached. */
export function isFolder(path: string): boolean {
  return look(path)?.isDirectory() ?? false
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    // Absent, below something that is no folder, unreadable, or no path at all: nothing that could be started.
    return undefined
  }
}

/** Where a command is looked for. */
interface ExecutablePlaces {
  /** Folder that paths are relative to. */
  readonly cwd: string
  /** Folders for names without a path, as in the variable `PATH`. */
  readonly path: string
  /** Endings that make a file a command on Windows, as in the variable `PATHEXT`. */
  readonly pathExt?: string
}

/** Absolute path of a command, given as a name or as a path; `undefined` when there is none that can be executed. */
export function findExecutable(
  command: string,
  { cwd, path, pathExt }: ExecutablePlaces,
): string | undefined {
  const isPath = /[\\/]/.test(command)
  const bases = isPath
    ? [resolve(cwd, command)]
    : path
        .split(delimiter)
        .filter(folder => folder !== '')
        .map(folder => join(resolve(cwd, folder), command))
  const endings = process.platform === 'win32' ? ['', ...(pathExt ?? '.EXE;.CMD;.BAT').split(';')] : ['']
  return bases.flatMap(base => endings.map(ending => base + ending)).find(isExecutable)
}

function isExecutable(file: string): boolean {
  if (!isFile(file)) return false
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    // Not executable: the search goes on, as a shell's does.
    return false
  }
}

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
