import { rm, rmdir, writeFile } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { isFile } from '../system/file-exists.js'
import { toPath } from '../options/check/to-path.js'
import { IsolateLeakError } from '../errors.js'
import { appendNight, readHistory } from './history/history-file.js'
import type { FailedNight, Night } from './history/night.js'
import { finishedNight, commitOf, failedNight } from './history/record/finished-night.js'
import {
  openNight,
  takeKilledNights,
  makeRunFolder,
  COMMIT_FILE,
  unfinishedRun,
  retain,
} from './history/runs/open-nights.js'
import type { LeakNotification } from '../types/notification.js'
import type { ResolvedHistory } from './history/history-options.js'
import type { IsolateLeakOptions } from '../options/types.js'
import { realTime } from '../system/real-time.js'
import type { ReportData, WarningCode } from '../types/index.js'

/** What is written around one run. */
export interface Book {
  /** The folder of the run, where another was chosen than the caller's. */
  folder(): ChosenFolder
  /** Chooses a new folder instead of one that cannot be gone on with; `false`: there is none to leave. */
  anew(): Promise<boolean>
  /** Nights before this one that ended without a word; their lines are written. */
  readonly killed: readonly FailedNight[]
  /** `null`: nothing is kept. */
  files(): LeakNotification['files']
  /** Writes the line, and gives the history with it. */
  finished(report: ReportData): Promise<{ nights: readonly Night[]; index: number }>
  failed(night: FailedNight): Promise<void>
  /** Removes folders of runs that need not be kept. */
  tidy(warn: (code: WarningCode, reason: unknown) => void): Promise<void>
  close(): Promise<void>
}

/** Options of a run that take the place of the caller's. */
export interface ChosenFolder {
  readonly outDir?: string
  readonly resume?: boolean
}

type Given = Pick<IsolateLeakOptions, 'outDir' | 'resume'>

/**
 * Opens the book for a run that begins now. Without a history nothing is written, and a night is its own history.
 * @throws IsolateLeakError `ERR_HISTORY` where the history is damaged or cannot be written
 */
export async function openBook(
  history: ResolvedHistory | null,
  given: Given,
  startedAt: Date,
): Promise<Book> {
  const givenOutDir = given.outDir === undefined ? null : toPath('outDir', given.outDir, process.cwd())
  if (history === null) return closedBook(givenOutDir)
  const { folder, runs, days } = history
  const commit = history.commit ?? commitOf(process.env)
  return reaching(folder, async () => {
    await readHistory(folder)
    const goesOn = givenOutDir === null && given.resume === true ? await unfinishedRun(folder, commit) : null
    const ownFolder = async (): Promise<string> => {
      const path = await makeRunFolder(folder, startedAt)
      if (commit !== null) await writeFile(join(path, COMMIT_FILE), `${commit}\n`)
      return path
    }
    let outDir = givenOutDir ?? goesOn ?? (await ownFolder())
    const killed = (await takeKilledNights(folder, startedAt.getTime())).filter(
      night => night.run !== runName(folder, outDir),
    )
    const lost = killed.map(killedNight)
    for (const night of lost) await appendNight(folder, night)
    const noteOf = async (): Promise<() => Promise<void>> =>
      openNight(folder, { startedAt: startedAt.toISOString(), run: runName(folder, outDir) })
    let close = await noteOf()
    let isOwn = givenOutDir === null && goesOn === null
    let isKept = true
    const { resume } = given
    return {
      folder: () => ({ outDir, ...(resume === undefined ? {} : { resume: isOwn ? false : resume }) }),
      anew: async () => {
        if (givenOutDir !== null || isOwn) return false
        outDir = await ownFolder()
        isOwn = true
        await close()
        close = await noteOf()
        return true
      },
      killed: lost,
      files: () => (isKept ? filesIn(outDir) : null),
      finished: async report => {
        const origin = { run: runName(folder, outDir), commit }
        const night = finishedNight(report, origin)
        await appendNight(folder, night)
        const nights = await readHistory(folder)
        return { nights, index: nights.findLastIndex(({ startedAt: at }) => at === night.startedAt) }
      },
      failed: async night => {
        // Where the run did not get to its journal there is nothing to keep.
        if (isOwn) isKept = !(await removedEmpty(outDir))
        await appendNight(folder, { ...night, run: isKept ? runName(folder, outDir) : null })
      },
      tidy: async warn => {
        const limits = { ...(runs === null ? {} : { runs }), ...(days === null ? {} : { days }) }
        if (runs === null && days === null) return
        await retain(folder, limits, realTime.date().getTime()).catch((error: unknown) => {
          warn('HISTORY_FAILED', error)
        })
      },
      close: async () => close(),
    }
  })
}

function closedBook(outDir: string | null): Book {
  return {
    folder: () => ({}),
    anew: async () => Promise.resolve(false),
    killed: [],
    files: () => (outDir === null ? null : filesIn(outDir)),
    finished: async report =>
      Promise.resolve({ nights: [finishedNight(report, { run: outDir, commit: null })], index: 0 }),
    failed: async () => Promise.resolve(),
    tidy: async () => Promise.resolve(),
    close: async () => Promise.resolve(),
  }
}

function filesIn(folder: string): LeakNotification['files'] {
  return { folder, report: join(folder, 'report.json'), journal: join(folder, 'journal.jsonl') }
}

/** Relative to the history, with slashes, where it lies in it: the history may move. */
function runName(folder: string, outDir: string): string {
  const path = relative(folder, resolve(outDir))
  return path.startsWith('..') || isAbsolute(path) ? outDir : path.split(sep).join('/')
}

function killedNight({ startedAt, run }: { startedAt: string; run: string | null }): FailedNight {
  const message = 'the process that ran it was killed, or its machine stopped'
  return failedNight({ startedAt, totalMs: null, run, code: 'ERR_KILLED', message })
}

/** Whether the folder held nothing of the run, and is removed. */
async function removedEmpty(folder: string): Promise<boolean> {
  try {
    if (isFile(join(folder, 'journal.jsonl'))) return false
    await rm(join(folder, COMMIT_FILE), { force: true })
    await rmdir(folder)
    return true
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      ['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(String(error.code))
    )
      return error.code === 'ENOENT'
    throw error
  }
}

async function reaching<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    if (cause instanceof IsolateLeakError) throw cause
    const { message } = cause as Error
    throw new IsolateLeakError(
      'ERR_HISTORY',
      `expected to write to the history in ${folder}, got: ${message}`,
      {
        cause,
      },
    )
  }
}
