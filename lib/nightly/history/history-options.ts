import * as v from 'valibot'
import { isPlainObject, invalidOption } from '../../options/check/check-object.js'
import { nonEmpty, numberIn } from '../../options/check/fields.js'
import { optionsOf, parse } from '../../options/check/parse.js'
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

const HISTORY = optionsOf({
  dir: v.unknown(),
  runs: v.optional(numberIn({ min: 1, integer: true })),
  days: v.optional(numberIn({ min: 0, above: true })),
  commit: v.optional(nonEmpty),
})

/** A folder, and what is kept in it. @throws IsolateLeakError `ERR_OPTION_INVALID` */
export function resolveHistory(value: unknown, cwd: string): ResolvedHistory | null {
  if (value === undefined) return null
  const isObject = isPlainObject(value) && !isUrl(value)
  const {
    dir,
    runs = null,
    days = null,
    commit = null,
  } = parse(HISTORY, isObject ? value : { dir: value }, 'history')
  const folder = toPath(isObject ? 'history.dir' : 'history', dir, cwd)
  if (isFile(folder)) throw invalidOption(`history must be a folder, but ${folder} is a file`)
  return { folder, runs, days, commit }
}
