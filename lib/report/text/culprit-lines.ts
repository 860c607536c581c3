import type { Culprit, ReportData } from '../../types/index.js'
import { perDaySentence } from './per-day.js'
import { alsoLine, culpritLine, underLine, whereLine } from './verdict-lines.js'

/** Who leaks, how much, where, what that is a day, and what else: sentences, the verdict first. */
export function culpritLines(culprit: Culprit, data: ReportData, operationsPerSecond: number): string[] {
  return [
    culpritLine(culprit, data),
    underLine(culprit, data),
    whereLine(culprit),
    perDaySentence(culprit, data, operationsPerSecond),
    alsoLine(culprit),
  ].filter(line => line !== '')
}
