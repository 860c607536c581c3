import { accessSync, constants } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { isFile } from './file-exists.js'

/** Where a command is looked for. */
export interface ExecutablePlaces {
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
