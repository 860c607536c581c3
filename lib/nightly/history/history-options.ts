import { checkNames } from '../../options/check/check-names.js'
import { checkNumber } from '../../options/check/check-number.js'
import { isPlainObject, invalidOption } from '../../options/check/check-object.js'
import { checkName } from '../../options/check/check-text.js'
import { isFile } from '../../system/file-exists.js'
import { isUrl, toPath } from '../../options/check/to-path.js'

/** Where a night is noted, after validation. */
export interface ResolvedHistory {
  /** Absolute path of the folder. */
  readonly folder: string
  /** Folders of runs that are kept, at most; `null`: all. */
  readonly runs: number | null
  /** How old a folder of a run gets; `null`: any age. */
  readonly days: number | null
  /** Commit of the application; `null`: as the CI system tells. */
  readonly commit: string | null
}

/** A folder, and what is kept in it. @throws IsolateLeakError `ERR_OPTION_INVALID` */
export function resolveHistory(value: unknown, cwd: string): ResolvedHistory | null {
  if (value === undefined) return null
  const given = isPlainObject(value) && !isUrl(value) ? value : { dir: value }
  checkNames('history', given, ['dir', 'runs', 'days', 'commit'])
  const folder = toPath(given === value ? 'history.dir' : 'history', given.dir, cwd)
  if (isFile(folder)) throw invalidOption(`history must be a folder, but ${folder} is a file`)
  return {
    folder,
    runs:
      given.runs === undefined ? null : checkNumber('history.runs', given.runs, { min: 1, integer: true }),
    days: given.days === undefined ? null : checkNumber('history.days', given.days, { min: 0, above: true }),
    commit: given.commit === undefined ? null : checkName('history.commit', given.commit),
  }
}
