import { basename, join } from 'node:path'
import { jsonReport, reportPath } from '../../report/json/json-report.js'
import type { ReportData, TrialRecord } from '../../types/index.js'
import { openLineFile, replaceFile } from './line-file.js'
import type { EndLine, EvidenceLine, JournalLine } from '../../report/journal-lines.js'
import { readFile } from 'node:fs/promises'
import { isFile } from '../../system/file-exists.js'
import { IsolateLeakError } from '../../errors.js'

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

/** The files that a call would write over. */
interface Written {
  /** JSON lines, the first of which says what was asked for. */
  readonly journal: string
  readonly report: string
}

/**
 * Refuses to write over what an earlier call left: it would be lost, or its report stand beside the journal of another. A journal in
 * which nothing was measured yet may be replaced.
 * @param otherwise what else could be done with what is there, as the beginning of an advice
 * @throws IsolateLeakError `ERR_OUTPUT`
 */
export async function checkUnused(
  outDir: string,
  { journal, report }: Written,
  otherwise = '',
): Promise<void> {
  const found = [...((await holdsResults(journal)) ? [journal] : []), ...(isFile(report) ? [report] : [])]
  if (found.length === 0) return
  throw new IsolateLeakError(
    'ERR_OUTPUT',
    `expected outDir ${outDir} to hold no earlier run, but it has ${found.map(file => basename(file)).join(' and ')}, ` +
      `which would be lost: ${otherwise}use another folder, or remove what is there`,
  )
}

async function holdsResults(journal: string): Promise<boolean> {
  const text = await readFile(journal, 'utf8').catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return ''
    const { message } = cause as Error
    throw new IsolateLeakError('ERR_OUTPUT', `expected to write ${journal}, got: ${message}`, { cause })
  })
  return !/^(?:\{"type":"(?:run|bisect)"[^\n]*\n?)?$/.test(text)
}
