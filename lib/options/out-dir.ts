import { isFile } from '../system/file-exists.js'
import { invalidOption } from './check/invalid-option.js'
import { toPath } from './check/to-path.js'

/** Folder that is written to, made when it is needed; `null`: nothing is written. @throws IsolateLeakError `ERR_OPTION_INVALID` */
export function resolveOutDir(value: unknown, cwd: string): string | null {
  if (value === undefined) return null
  const folder = toPath('outDir', value, cwd)
  if (isFile(folder)) throw invalidOption(`outDir must be a folder, but ${folder} is a file`)
  return folder
}
