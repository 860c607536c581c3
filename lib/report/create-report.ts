import { LeakError } from '../errors.js'
import type { IsolationReport, ReportData } from '../types/index.js'
import { briefText, type BriefOptions } from './brief-text.js'
import { reportText } from './text.js'

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
