import type { ReportData } from '../../types/index.js'
import type { Reporter } from '../reporter.js'
import { join } from 'node:path'

/**
 * The report as JSON, the same bytes as `report.json` in `outDir`. Its form is `report.schema.json` of this package: bounds
 * of growth that are infinite are `null`.
 */
export const jsonReport: Reporter = (report: ReportData): string => `${JSON.stringify(report, null, 2)}\n`

/** The report of a run in `outDir`. */
export function reportPath(outDir: string): string {
  return join(outDir, 'report.json')
}
