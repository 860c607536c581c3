import { mkdir, open, rename, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { IsolateLeakError } from '../errors.js'
import type { ReportData, TrialRecord } from '../types.js'

/** What a run leaves in `outDir`: every finished trial as a line of `journal.jsonl`, and `report.json` at the end. */
export interface Journal {
  /** Resolves when the trial is on the disk. */
  record(trial: TrialRecord): Promise<void>
  report(report: ReportData): Promise<void>
  close(): Promise<void>
}

const nowhere: Journal = {
  record: async () => Promise.resolve(),
  report: async () => Promise.resolve(),
  close: async () => Promise.resolve(),
}

/**
 * Opens the journal in `outDir`, which is created when missing; with `null` nothing is written.
 * @throws IsolateLeakError `ERR_OUTPUT` when the folder or a file in it cannot be written
 */
export async function openJournal(outDir: string | null): Promise<Journal> {
  if (outDir === null) return nowhere
  const reportPath = join(outDir, 'report.json')
  const file = await writing(outDir, async () => {
    await mkdir(outDir, { recursive: true })
    return open(join(outDir, 'journal.jsonl'), 'w')
  })
  return {
    record: async trial => writing(outDir, async () => append(file, JSON.stringify(trial))),
    report: async report =>
      writing(outDir, async () => {
        // A reader sees the old report or the new one, never half of one.
        await writeFile(`${reportPath}.part`, `${JSON.stringify(report, null, 2)}\n`)
        await rename(`${reportPath}.part`, reportPath)
      }),
    close: async () => file.close(),
  }
}

async function append(file: FileHandle, line: string): Promise<void> {
  await file.appendFile(`${line}\n`)
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
