import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readHistory } from '../file/history-file.js'
import { heldBy } from '../../../run/journal/run-lock.js'
import { runFolders } from './run-folders.js'

/** Beside the journal: the commit of the application that the run is of. */
export const COMMIT_FILE = 'commit.txt'

/** Ends of a night after which its run may go on: it did not fail by itself. */
const STOPPED = ['ERR_ABORTED', 'ERR_KILLED']

/**
 * Folder of the newest run below a history that was killed or stopped, so that it can go on; `null`: there is none. Runs that
 * failed, that another process still writes, or that are older than one that came to its end, are left alone, and so are those
 * of another commit of the application.
 * @param commit of the application now; `null`: not known, then it is not compared
 * @throws IsolateLeakError `ERR_HISTORY` for a damaged history
 */
export async function unfinishedRun(history: string, commit: string | null = null): Promise<string | null> {
  const nights = await readHistory(history)
  for (const { name, path } of await runFolders(history)) {
    const failures = nights.filter(({ run, outcome }) => run === `runs/${name}` && outcome === 'failed')
    const last = failures.at(-1)
    const journal = await readFile(join(path, 'journal.jsonl'), 'utf8')
    if (hasEnd(journal)) return null
    if (!journal.includes('\n') || (await heldBy(path)) !== null) continue
    if (last?.outcome === 'failed' && !STOPPED.includes(last.error.code)) continue
    const begun = await readFile(join(path, COMMIT_FILE), 'utf8').catch(whenMissing)
    if (begun === null || commit === null || begun.trim() === commit) return path
  }
  return null
}

function whenMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}

/** Whether the last whole line of a journal is that of its end. */
function hasEnd(journal: string): boolean {
  const lines = journal.split('\n').slice(0, -1)
  return lines.at(-1)?.startsWith('{"type":"end"') ?? false
}
