import { createRequire } from 'node:module'
import { isAbsolute, join, resolve } from 'node:path'
import { isFile } from '../../system/file-exists.js'
import type { ProcessFacts } from './read-process.js'

/** The script of a process, and the folder that its relative paths are meant from. */
export interface FoundScript {
  /** Absolute path, `null` where no script was named. */
  readonly file: string | null
  readonly cwd: string
  readonly isMissing: boolean
}

/** A process may have left the folder that it was started in, which a shell notes in PWD. */
export function findScript(script: string | null, { cwd, env }: ProcessFacts): FoundScript {
  if (script === null) return { file: null, cwd, isMissing: false }
  const { PWD: started = cwd } = env
  for (const folder of isAbsolute(script) ? [cwd] : [cwd, ...(isAbsolute(started) ? [started] : [])]) {
    const file = scriptAt(resolve(folder, script))
    if (file !== undefined) return { file, cwd: folder, isMissing: false }
  }
  return { file: resolve(cwd, script), cwd, isMissing: true }
}

/** As Node finds it: also with its extension left out, and the main file of a folder. */
function scriptAt(path: string): string | undefined {
  if (isFile(path)) return path
  try {
    return createRequire(join(path, '..', 'resolve.js')).resolve(path)
  } catch {
    // Not in this folder.
    return undefined
  }
}
