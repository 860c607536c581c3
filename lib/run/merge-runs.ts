import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { journalPath, reportFile, reportPath } from './journal/journal.js'
import { openLineFile, replaceFile } from './journal/line-file.js'
import { linesOf, mergeShards } from './journal/merge-shards.js'
import { readJournal } from './journal/read-journal.js'
import { lockFolder } from './journal/run-lock.js'
import { checkUnused } from './journal/unused-folder.js'
import { withNight } from '../nightly/with-night.js'
import type { IsolateLeakOptions } from '../options/types.js'
import { createReport } from '../report/create-report.js'
import { judgeContent } from './judge-journal.js'
import type { IsolationReport } from '../types/index.js'

/** What {@link mergeRuns} may be told; `history` and `notify` are those of {@link isolateLeak}, for a night that several machines share. */
export interface MergeOptions extends Pick<IsolateLeakOptions, 'history' | 'notify'> {
  /**
   * Folder for the journal of all (`journal.jsonl`) and the report (`report.json`). Where the trials of all shards leave something
   * open, a call of {@link isolateLeak} with `outDir` and `resume` goes on there. Default: nothing is written.
   */
  readonly outDir?: string
}

/** The answer of {@link mergeRuns}. */
export interface MergedRuns {
  readonly report: IsolationReport
  /**
   * Whether an unsharded run would have launched nothing more. When an agent leaks, or all together grow more than each alone, it may go
   * on with sets of agents of several shards.
   */
  readonly complete: boolean
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
    const merged = await merge(folders, chosen.outDir ?? options.outDir)
    complete = merged.complete
    return merged.report
  })
  return { report, complete }
}

async function merge(folders: readonly string[], outDir: MergeOptions['outDir']): Promise<MergedRuns> {
  const journals = await Promise.all(
    folders.map(async folder => {
      const path = await fileOf(resolve(folder))
      return { path, content: await readJournal(path) }
    }),
  )
  const merged = mergeShards(journals)
  const { report, complete } = judgeContent(merged)
  if (outDir !== undefined) {
    const folder = resolve(outDir)
    const lock = await lockFolder(folder)
    try {
      await checkUnused(folder, { journal: journalPath(folder), report: reportPath(folder) })
      await (await openLineFile(journalPath(folder), linesOf(merged))).close()
      await replaceFile(reportPath(folder), reportFile(report))
    } finally {
      await lock.release()
    }
  }
  return { report: createReport(report), complete }
}

async function fileOf(path: string): Promise<string> {
  // What is not there is told by reading it.
  const found = await stat(path).catch(() => null)
  return found?.isDirectory() === true ? journalPath(path) : path
}
