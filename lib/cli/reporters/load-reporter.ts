import { pathToFileURL } from 'node:url'
import { isFile } from '../../system/file-exists.js'
import { showValue } from '../../options/check/show-value.js'
import { IsolateLeakError } from '../../errors.js'
import type { UserReporter } from '../../report/reporter.js'

/**
 * Loads the reporter that a module exports by default.
 * @throws IsolateLeakError `ERR_REPORTER`
 */
export async function loadReporter(path: string): Promise<UserReporter> {
  if (!isFile(path)) throw new IsolateLeakError('ERR_REPORTER', `there is no reporter ${path}`)
  let exported: unknown
  try {
    exported = ((await import(pathToFileURL(path).href)) as { readonly default?: unknown }).default
  } catch (cause) {
    throw new IsolateLeakError('ERR_REPORTER', `the reporter ${path} could not be loaded`, { cause })
  }
  // a transpiled module has its default export one level deeper
  const inner = exported as { readonly __esModule?: boolean; readonly default?: unknown } | null | undefined
  const reporter = inner?.__esModule === true ? inner.default : exported
  if (typeof reporter === 'function') return reporter as UserReporter
  throw new IsolateLeakError(
    'ERR_REPORTER',
    `expected the default export of the reporter ${path} to be a function that takes the report and gives a text, got ${showValue(reporter)}`,
  )
}
