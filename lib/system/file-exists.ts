import { statSync, type Stats } from 'node:fs'

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
