import { IsolateLeakError, LeakError } from '../errors.js'
import type { IsolationReport, ReportData } from '../types/index.js'
import { type BriefOptions, briefText } from './brief-text.js'
import { reportText } from './text.js'
import { readFile } from 'node:fs/promises'
import { parseReport } from './read/parse-report.js'

/** Adds the methods to a report's data; they are not enumerable, so that `JSON.stringify` gives the data alone. */
export function createReport(data: ReportData, written: BriefOptions = {}): IsolationReport {
  const report = Object.defineProperties(
    { ...data },
    {
      toString: { value: () => reportText(data) },
      assertClean: {
        value: () => {
          if (data.verdict !== 'clean') throw new LeakError(briefText(data, written), report)
        },
      },
    },
  ) as IsolationReport
  return Object.freeze(report)
}

/**
 * Reads a `report.json`, or the report within an answer of `upgrade`, `instrumentation` or `replay` that was kept with `--json`.
 * @throws IsolateLeakError `ERR_REPORT` when the file cannot be read, holds something else, or was written by another version
 */
export async function readReport(path: string): Promise<IsolationReport> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const { message } = cause as Error
    throw new IsolateLeakError('ERR_REPORT', `expected a report at ${path}, got: ${message}`, { cause })
  }
  return createReport(parseReport(text, path), { file: path })
}
