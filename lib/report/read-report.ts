import { readFile } from 'node:fs/promises'
import { IsolateLeakError } from '../errors.js'
import type { ReportData } from '../types/index.js'
import { parseReportFile, type ReportFile } from './read/parse-report.js'

/**
 * Reads a `report.json`, or the report within an answer of `upgrade`, `instrumentation` or `replay` that was kept with `--json`.
 * @throws IsolateLeakError `ERR_REPORT` when the file cannot be read, holds something else, or was written by another version
 */
export async function readReport(path: string): Promise<ReportData> {
  return (await readReportFile(path)).report
}

/** As {@link readReport}, with what is around it. */
export async function readReportFile(path: string): Promise<ReportFile> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const { message } = cause as Error
    throw new IsolateLeakError('ERR_REPORT', `expected a report at ${path}, got: ${message}`, { cause })
  }
  return parseReportFile(text, path)
}
