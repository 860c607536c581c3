import { basename } from 'node:path'
import * as v from 'valibot'
import { nonEmpty } from '../../options/check/fields.js'
import { optionsOf, parse } from '../../options/check/parse.js'
import { checkObject, invalidOption } from '../../options/check/check-object.js'
import { isFile } from '../../system/file-exists.js'
import { toPath } from '../../options/check/to-path.js'
import type { InAppOptions, InAppWorkload } from '../../types/workload.js'

const IN_APP = optionsOf({ description: v.optional(nonEmpty) })

/**
 * A workload of calls inside the application: its default export, `(index: number) => unknown`, is called once per
 * operation and awaited.
 *
 * @param module path (relative to the caller's working directory) or `file:` URL of a module
 * @throws IsolateLeakError `ERR_OPTION_INVALID` when there is no such file
 */
export function inApp(module: string | URL, options: InAppOptions = {}): InAppWorkload {
  const given = parse(IN_APP, checkObject('inApp(): options', options), 'inApp(): ')
  const path = toPath('inApp(): module', module, process.cwd())
  if (!isFile(path))
    throw invalidOption(`inApp(): there is no file ${path}; give the module with its extension`)
  const description = given.description ?? `calls of ${basename(path)} inside the application`
  return Object.freeze({ kind: 'in-app', description, module: path })
}
