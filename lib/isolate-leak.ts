import { isPlainObject } from './options/check/check-object.js'
import { withNight } from './nightly/with-night.js'
import { resolveOptions } from './run/resolve/resolve-options.js'
import type { IsolateLeakOptions } from './options/types.js'
import { withCleanErrors } from './report/redact/known-secrets.js'
import { mergeShardsOf, type MergedRuns } from './run/merge-runs.js'
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

/** What {@link mergeRuns} may be told; `history` and `notify` are those of {@link isolateLeak}, for a night that several machines share. */
export interface MergeOptions extends Pick<IsolateLeakOptions, 'history' | 'notify'> {
  /**
   * Folder for the journal of all (`journal.jsonl`) and the report (`report.json`). Where the trials of all shards leave something
   * open, a call of {@link isolateLeak} with `outDir` and `resume` goes on there. Default: nothing is written.
   */
  readonly outDir?: string
}

/**
 * Makes one report of the shards of an experiment: the one that an unsharded run with the same trials would have given.
 * @param folders `outDir` of every shard, or its `journal.jsonl`, in any order
 * @throws IsolateLeakError `ERR_SHARD` when one is missing, not finished or of another experiment, `ERR_JOURNAL` when one
 * cannot be read, `ERR_OUTPUT`
 */
export async function mergeRuns(folders: readonly string[], options: MergeOptions = {}): Promise<MergedRuns> {
  let complete = true
  const report = await withNight(options, async chosen => {
    const merged = await mergeShardsOf(folders, chosen.outDir ?? options.outDir)
    complete = merged.complete
    return merged.report
  })
  return { report, complete }
}
