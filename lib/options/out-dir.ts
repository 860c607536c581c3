import { isFile } from '../system/file-exists.js'
import { toPath } from './check/to-path.js'
import { invalidOption } from './check/check-object.js'
import type { ResolvedOptions } from './resolved.js'

/** Folder that is written to, made when it is needed; `null`: nothing is written. @throws IsolateLeakError `ERR_OPTION_INVALID` */
export function resolveOutDir(value: unknown, cwd: string): string | null {
  if (value === undefined) return null
  const folder = toPath('outDir', value, cwd)
  if (isFile(folder)) throw invalidOption(`outDir must be a folder, but ${folder} is a file`)
  return folder
}

/** @throws IsolateLeakError `ERR_OPTION_INVALID` where there is to be a folder to go on from, or to keep snapshots in, and is none */
export function checkOutDir({
  outDir,
  resume,
  evidence,
}: Pick<ResolvedOptions, 'outDir' | 'resume' | 'evidence'>): void {
  if (outDir !== null) return
  if (resume) throw invalidOption('resume must come with an outDir to go on from, got none')
  if (evidence.endsWith('snapshots'))
    throw invalidOption(`evidence '${evidence}' must come with an outDir to keep the snapshots in, got none`)
}
