import { basename } from 'node:path'
import { checkName } from '../../options/check/check-text.js'
import { checkNames } from '../../options/check/check-names.js'
import { checkObject, invalidOption } from '../../options/check/check-object.js'
import { isFile } from '../../system/file-exists.js'
import { toPath } from '../../options/check/to-path.js'
import type { InAppOptions, InAppWorkload } from '../../types/workload.js'

/**
 * A workload of calls inside the application: its default export, `(index: number) => unknown`, is called once per
 * operation and awaited.
 *
 * @param module path (relative to the caller's working directory) or `file:` URL of a module
 * @throws IsolateLeakError `ERR_OPTION_INVALID` when there is no such file
 */
export function inApp(module: string | URL, options: InAppOptions = {}): InAppWorkload {
  const given = checkObject('inApp(): options', options)
  checkNames('inApp()', given, ['description'])
  const path = toPath('inApp(): module', module, process.cwd())
  if (!isFile(path))
    throw invalidOption(`inApp(): there is no file ${path}; give the module with its extension`)
  const description =
    given.description === undefined
      ? `calls of ${basename(path)} inside the application`
      : checkName('inApp(): description', given.description)
  return Object.freeze({ kind: 'in-app', description, module: path })
}
