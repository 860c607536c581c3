import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { journalPath, reportFile, checkUnused } from './journal/journal.js'
import { reportPath } from '../report/json/json-report.js'
import { openLineFile, replaceFile } from './journal/line-file.js'
import { linesOf, mergeShards } from './journal/merge-shards.js'
import { readJournal } from './journal/read-journal.js'
import { lockFolder } from './journal/run-lock.js'
import { createReport } from '../report/create-report.js'
import { judgeContent } from './judge-journal.js'
import type { IsolationReport } from '../types/index.js'

/** The answer of `mergeRuns()`. */
export interface MergedRuns {
  readonly report: IsolationReport
  /**
   * Whether an unsharded run would have launched nothing more. When an agent leaks, or all together grow more than each alone, it may go
   * on with sets of agents of several shards.
   */
  readonly complete: boolean
}

/**
 * Makes one report of the shards of an experiment, and writes it where that is asked for.
 * @param folders `outDir` of every shard, or its `journal.jsonl`, in any order
 * @throws IsolateLeakError `ERR_SHARD`, `ERR_JOURNAL`, `ERR_OUTPUT`
 */
export async function mergeShardsOf(
  folders: readonly string[],
  outDir: string | undefined,
): Promise<MergedRuns> {
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
