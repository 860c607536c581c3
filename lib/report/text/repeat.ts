import type { ReportData } from '../../types/index.js'
import { formatNumber } from '../format/bytes.js'

/** Rate at which growth is given per day where none is told. */
export const DEFAULT_OPERATIONS_PER_SECOND = 100

/** The command that runs the experiment of a report, saved as `report.json`, again. */
export function repeatCommand({ environment }: ReportData): string {
  return `npx isolate-leak@${environment.isolateLeak} replay report.json`
}

/** What the same experiment needs to be the same. */
export function repeatLine({ options, conditions, environment }: ReportData): string {
  const { effort, operations, threshold, seed } = options
  const parts = [
    conditions.workload,
    `${formatNumber(operations)} operations a trial`,
    `leak from ${formatNumber(threshold, 2)} bytes per operation`,
    `effort ${effort}`,
    `seed ${String(seed)}`,
    `Node ${environment.node}`,
    `isolate-leak ${environment.isolateLeak}`,
  ]
  return `${parts.join(', ')}.`
}
