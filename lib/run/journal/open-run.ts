import type { ResolvedOptions } from '../../options/resolved.js'
import { type Journal, journalPath, openJournal, checkUnused } from './journal.js'
import { reportPath } from '../../report/json/json-report.js'
import type { EvidenceLine, ResumeLine, RunLine } from '../../report/journal-lines.js'
import { type JournalContent, readJournal } from './read-journal.js'
import { lockFolder } from './run-lock.js'
import type { TrialRecord } from '../../types/index.js'
import { realTime } from '../../system/real-time.js'
import { stat } from 'node:fs/promises'
import { IsolateLeakError } from '../../errors.js'
import { isDeepStrictEqual } from 'node:util'

/** A run that begins, or goes on. */
interface OpenRun {
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

/**
 * What an earlier call left in `outDir`; `null`: nothing.
 * @throws IsolateLeakError `ERR_JOURNAL` for a journal that cannot be read
 */
async function earlierRun(outDir: string): Promise<JournalContent | null> {
  const path = journalPath(outDir)
  const found = await stat(path).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new IsolateLeakError(
      'ERR_JOURNAL',
      `expected a journal at ${path}, got: ${(cause as Error).message}`,
      { cause },
    )
  })
  return found === null ? null : readJournal(path)
}

/**
 * Refuses to go on with another experiment: trials of both would be compared with each other. The order of trials and how many run at a
 * time may differ; values of variables are in no journal and cannot be compared.
 * @throws IsolateLeakError `ERR_JOURNAL` that names what differs
 */
function checkSameRun(earlier: RunLine, now: RunLine, outDir: string): void {
  const different = differing(earlier, now)
  if (different.length === 0) return
  throw new IsolateLeakError(
    'ERR_JOURNAL',
    `expected the experiment of ${journalPath(outDir)} to go on with it, but ${different.join(', ')} ` +
      `${different.length === 1 ? 'differs' : 'differ'}: use what it was begun with, or another outDir`,
  )
}

/** Names of what makes two runs different experiments. */
export function differing(a: RunLine, b: RunLine): readonly string[] {
  const [left, right] = [a, b].map(run => JSON.parse(JSON.stringify(comparable(run))) as object)
  return Object.keys(comparable(a)).flatMap(part =>
    differences(part, left?.[part as keyof typeof left], right?.[part as keyof typeof right]),
  )
}

function comparable({ shard, settings, options, workload, conflict, environment }: RunLine): object {
  const { isolateLeak, node, v8, platform, arch } = environment
  return {
    shard,
    settings,
    // Limits and what is found out about a culprit may be others.
    options: { ...options, seed: 0, concurrency: 0, rerun: null },
    workload,
    conflict,
    environment: { isolateLeak, node, v8, platform, arch },
  }
}

/** Names of what differs between two plain values, one level deep: `settings.operations`. Order and absence count. */
export function differences(name: string, a: unknown, b: unknown): string[] {
  if (isDeepStrictEqual(a, b)) return []
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a))
    return [name]
  const [left, right] = [a, b] as readonly Record<string, unknown>[]
  const keys = [...new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])]
  return keys.filter(key => !isDeepStrictEqual(left?.[key], right?.[key])).map(key => `${name}.${key}`)
}
