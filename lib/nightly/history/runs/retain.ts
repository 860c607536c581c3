import { rm } from 'node:fs/promises'
import { debugFor } from '../../../system/debug.js'
import { heldBy } from '../../../run/journal/run-lock.js'
import { formatDuration } from '../../../report/format/duration.js'
import { readHistory } from '../file/history-file.js'
import { runFolders } from './run-folders.js'

const debug = debugFor('history')
const DAY_MS = 86_400_000

/** What is kept of the folders of runs. */
export interface Retention {
  /** At most so many. */
  readonly runs?: number
  /** Those that are at most so old. */
  readonly days?: number
}

/**
 * Removes folders of runs below a history that are too many or too old, and gives their names. The newest one and the newest
 * one that found a leak always stay, as does what a process still writes. Only folders that this library made are removed: see
 * {@link runFolders}; links are not followed, and the lines of the history stay.
 * @param nowMs ms since 1970
 * @throws IsolateLeakError `ERR_HISTORY` for a damaged history
 */
export async function retain(
  history: string,
  { runs = Infinity, days = Infinity }: Retention,
  nowMs: number,
): Promise<readonly string[]> {
  const folders = await runFolders(history)
  const nights = await readHistory(history)
  const leaks = new Set(
    nights.flatMap(night => (night.outcome === 'finished' && night.verdict === 'leak' ? [night.run] : [])),
  )
  const lastLeak = folders.find(({ name }) => leaks.has(`runs/${name}`))
  const removed: string[] = []
  for (const [index, folder] of folders.entries()) {
    const ageMs = nowMs - folder.startedAtMs
    const tooMany = index >= runs
    if (!tooMany && ageMs <= days * DAY_MS) continue
    if (index === 0 || folder === lastLeak || (await heldBy(folder.path)) !== null) continue
    await rm(folder.path, { recursive: true, force: true })
    debug('removed %s: %s', folder.path, tooMany ? `more than ${runs} runs` : `${formatDuration(ageMs)} old`)
    removed.push(folder.name)
  }
  return removed
}
