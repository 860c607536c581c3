import { isAbsolute, join, posix } from 'node:path'

/** Where images usually have an application. */
const USUAL = /^\/(?:usr\/src\/app|home\/node\/app|opt\/app|srv\/app|var\/task|workspace|app|src|code)(?=\/)/

/** Finds what a path in the container is on this machine. */
export interface LocalPaths {
  /** `null`: it is not in the folder of the application. */
  find(path: string): string | null
  /** As `find()`, or where it would be. */
  expect(path: string): string
}

/**
 * @param workingDir of the container, `null` where the image says it
 * @param root folder of the application on this machine, as it is to be written
 * @param exists whether a file is there, asked for paths that begin with `root`
 */
export function localPaths(
  workingDir: string | null,
  root: string,
  exists: (path: string) => boolean,
): LocalPaths {
  const folder = workingDir === null || workingDir === '/' ? null : workingDir.replace(/\/*$/, '/')
  const here = (path: string): string => {
    const joined = join(root, path)
    return isAbsolute(joined) || joined.startsWith('..') ? joined : `./${joined}`
  }
  const find = (path: string): string | null => {
    const absolute = posix.normalize(path)
    if (!posix.isAbsolute(absolute)) return here(absolute)
    if (folder !== null && absolute.startsWith(folder)) return here(absolute.slice(folder.length))
    // The same file of the same repository: with as much of its path as there is.
    const parts = absolute.split('/').slice(1)
    const found = parts.map((_, index) => here(parts.slice(index).join('/'))).find(exists)
    if (found !== undefined) return found
    const usual = USUAL.exec(absolute)?.[0]
    return usual === undefined || folder !== null ? null : here(absolute.slice(usual.length + 1))
  }
  return {
    find,
    expect: path =>
      find(path) ?? here(posix.normalize(path).split('/').slice(2).join('/') || posix.basename(path)),
  }
}
