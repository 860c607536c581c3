import { join } from 'node:path'
import { jsonReport, reportPath } from '../../report/json/json-report.js'
import type { ReportData, TrialRecord } from '../../types/index.js'
import { openLineFile, replaceFile } from './line-file.js'
import type { EndLine, EvidenceLine, JournalLine } from '../../report/journal-lines.js'

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
 * @param known the lines that it begins with: that of the run first
 * @param elapsedMs how long the run has been under way
 * @throws IsolateLeakError `ERR_OUTPUT` when the folder or a file in it cannot be written
 */
export async function openJournal(
  outDir: string | null,
  known: readonly JournalLine[],
  elapsedMs: () => number,
): Promise<Journal> {
  if (outDir === null) return nowhere
  const file = await openLineFile<JournalLine>(journalPath(outDir), known)
  return {
    record: async record => file.write({ type: 'trial', elapsedMs: Math.round(elapsedMs()), record }),
    evidence: file.write,
    end: async (end, report) => {
      await file.write(end)
      await replaceFile(reportPath(outDir), reportFile(report))
    },
    close: file.close,
  }
}

/** The journal of a run in `outDir`. */
export function journalPath(outDir: string): string {
  return join(outDir, 'journal.jsonl')
}

/** Content of `report.json`. */
export function reportFile(report: ReportData): string {
  return jsonReport(report)
}
