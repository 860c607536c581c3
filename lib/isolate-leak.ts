import { isPlainObject } from './options/check/check-object.js'
import { withNight } from './nightly/with-night.js'
import { resolveOptions } from './run/resolve/resolve-options.js'
import type { IsolateLeakOptions } from './options/types.js'
import { withCleanErrors } from './report/redact/clean-errors.js'
import { runExperiment } from './run/run-experiment.js'
import type { IsolationReport } from './types/index.js'

/**
 * Finds out which component of a Node.js application leaks memory: launches the application several times with and
 * without each agent, drives the same workload, and compares growth per operation.
 *
 * @returns the report; its verdict is `leak` (growth above the threshold shown), `clean` (growth above the threshold
 * ruled out) or `inconclusive` (neither within the budget)
 * @throws IsolateLeakError when the experiment did not happen as planned; `code` says how. No process, socket or
 * temporary file is left behind, whatever happens.
 */
export async function isolateLeak(options: IsolateLeakOptions): Promise<IsolationReport> {
  return withCleanErrors(options, async validated =>
    withNight(options, async (chosen, resolvedTo) => {
      // What is no object is refused as it is.
      const resolved = await resolveOptions(isPlainObject(options) ? { ...options, ...chosen } : options)
      validated(resolved)
      resolvedTo(resolved)
      return runExperiment(resolved)
    }),
  )
}
