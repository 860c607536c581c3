import { mkdir, open, rename, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { IsolateLeakError } from '../errors.js'
import type { ReportData, TrialRecord } from '../types.js'
import type { EndLine, EvidenceLine, JournalLine, RunLine } from './journal-lines.js'

/**
 * What a run leaves in `outDir`: `journal.jsonl`, with a line for the run, one for every finished trial and one for the
 * end, and `report.json`.
 */
export interface Journal {
  /** Resolves when the trial is on the disk. */
  record(trial: TrialRecord): Promise<void>
  evidence(line: EvidenceLine): Promise<void>
  /** The end of a run that came to an answer, and its report. */
  end(end: EndLine, report: ReportData): Promise<void>
  close(): Promise<void>
}

/** A journal of nothing. */
export const nowhere: Journal = {
  record: async () => Promise.resolve(),
  evidence: async () => Promise.resolve(),
  end: async () => Promise.resolve(),
  close: async () => Promise.resolve(),
}

/**
 * Opens the journal in `outDir`, which is created when missing; with `null` nothing is written. What an earlier run left
 * there is replaced.
 * @throws IsolateLeakError `ERR_OUTPUT` when the folder or a file in it cannot be written
 */
export async function openJournal(outDir: string | null, run: RunLine): Promise<Journal> {
  if (outDir === null) return nowhere
  const startedAtMs = performance.now()
  const reportPath = join(outDir, 'report.json')
  const file = await writing(outDir, async () => {
    await mkdir(outDir, { recursive: true })
    return open(join(outDir, 'journal.jsonl'), 'w')
  })
  const write = async (line: JournalLine): Promise<void> => writing(outDir, async () => append(file, line))
  try {
    await write(run)
  } catch (error) {
    await file.close()
    throw error
  }
  return {
    record: async record =>
      write({ type: 'trial', elapsedMs: Math.round(performance.now() - startedAtMs), record }),
    evidence: write,
    end: async (end, report) => {
      await write(end)
      await writing(outDir, async () => {
        // A reader sees the old report or the new one, never half of one.
        await writeFile(`${reportPath}.part`, reportFile(report))
        await rename(`${reportPath}.part`, reportPath)
      })
    },
    close: async () => file.close(),
  }
}

/** Content of `report.json`. */
export function reportFile(report: ReportData): string {
  return `${JSON.stringify(report, null, 2)}\n`
}

async function append(file: FileHandle, line: JournalLine): Promise<void> {
  await file.appendFile(`${JSON.stringify(line)}\n`)
  await file.sync()
}

async function writing<T>(outDir: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    const { message } = cause as Error
    throw new IsolateLeakError('ERR_OUTPUT', `expected to write to outDir ${outDir}, got: ${message}`, {
      cause,
    })
  }
}
