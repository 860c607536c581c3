import type { ReportData } from '../../types/index.js'
import { answersByStatus } from '../conditions.js'

/** The statuses of all answers where they are what the verdict hangs on, or nothing. */
export function answersLine({ warnings, trials }: ReportData): string {
  const [line] = warnings.some(({ code }) => code === 'ANSWERS_REFUSED') ? answersByStatus(trials) : []
  return line === undefined ? '' : `${line.charAt(0).toUpperCase()}${line.slice(1)}.`
}
