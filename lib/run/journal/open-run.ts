import type { ResolvedOptions } from '../../options/resolved.js'
import { checkSameRun, earlierRun } from './earlier-run.js'
import { journalPath, openJournal, type Journal } from './journal.js'
import { reportPath } from '../../report/json/json-report.js'
import type { EvidenceLine, ResumeLine, RunLine } from '../../report/journal-lines.js'
import type { JournalContent } from './read-journal.js'
import { lockFolder } from './run-lock.js'
import { checkUnused } from './unused-folder.js'
import type { TrialRecord } from '../../types/index.js'
import { realTime } from '../../system/real-time.js'

/** A run that begins, or goes on. */
export interface OpenRun {
  readonly run: RunLine
  readonly resumed: readonly ResumeLine[]
  /** Trials that were made before. */
  readonly trials: readonly TrialRecord[]
  /** Evidence that was gathered before. */
  readonly evidence: readonly EvidenceLine[]
  /** A run that had come to its end: nothing is left to launch. */
  readonly finished: JournalContent | null
  readonly journal: Journal
  /** Since the run began, without the time for which it was interrupted, ms. */
  readonly elapsedMs: () => number
  close(): Promise<void>
}

/**
 * Takes `outDir`, reads what is to be gone on with, and opens the journal.
 * @param fresh the run as it would begin now
 * @throws IsolateLeakError `ERR_JOURNAL` where what is there is damaged or another experiment, `ERR_OUTPUT` also where an earlier run is that is not to be gone on with
 */
export async function openRun(
  { outDir, resume }: Pick<ResolvedOptions, 'outDir' | 'resume'>,
  fresh: RunLine,
): Promise<OpenRun> {
  const openedAtMs = realTime.nowMs()
  const lock = outDir === null ? null : await lockFolder(outDir)
  try {
    if (outDir !== null && !resume) {
      const files = { journal: journalPath(outDir), report: reportPath(outDir) }
      await checkUnused(outDir, files, 'go on with it (resume, --resume), ')
    }
    const earlier = outDir === null || !resume ? null : await earlierRun(outDir)
    if (outDir !== null && earlier !== null) checkSameRun(earlier.run, fresh, outDir)
    const spentMs = earlier === null ? 0 : elapsedOf(earlier)
    const elapsedMs = (): number => spentMs + realTime.nowMs() - openedAtMs
    const run = earlier?.run ?? fresh
    // One that ended because its budget was spent may have been given more.
    const finished = earlier?.end?.spentBudgetMs === null ? earlier : null
    const resuming: readonly ResumeLine[] =
      earlier === null || finished !== null
        ? []
        : [{ type: 'resume', at: realTime.date().toISOString(), elapsedMs: Math.round(spentMs) }]
    const known = [...(earlier?.lines ?? [fresh]), ...resuming]
    const resumed = [...(earlier?.resumed ?? []), ...resuming]
    const journal = await openJournal(outDir, known, elapsedMs)
    return {
      ...{ run, resumed, finished, journal, elapsedMs },
      trials: (earlier?.trials ?? []).map(({ record }) => record),
      evidence: earlier?.evidence ?? [],
      close: async () => {
        await journal.close()
        await lock?.release()
      },
    }
  } catch (error) {
    await lock?.release()
    throw error
  }
}

function elapsedOf({ end, trials, resumed }: JournalContent): number {
  return Math.max(end?.totalMs ?? 0, trials.at(-1)?.elapsedMs ?? 0, resumed.at(-1)?.elapsedMs ?? 0)
}
