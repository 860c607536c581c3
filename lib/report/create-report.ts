import { LeakError } from '../errors.js'
import type { IsolationReport, ReportData } from '../types.js'
import { reportText } from './text.js'

/** Adds the methods to a report's data; they are not enumerable, so that `JSON.stringify` gives the data alone. */
export function createReport(data: ReportData): IsolationReport {
  const report = Object.defineProperties(
    { ...data },
    {
      toString: { value: () => reportText(data) },
      assertClean: {
        value: () => {
          if (data.verdict !== 'clean') throw new LeakError(reportText(data), report)
        },
      },
    },
  ) as IsolationReport
  return Object.freeze(report)
}
