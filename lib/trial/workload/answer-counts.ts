import type { WorkloadCounts } from '../../types/index.js'
import { isExpected } from './expect-status.js'

/** Counts requests and their answers over all connections of a round. */
export interface AnswerCounts {
  sent(): void
  answered(status: number): void
  timedOut(): void
  total(): WorkloadCounts
}

/** @param expectStatus statuses and classes that count as performed */
export function answerCounts(expectStatus: readonly (number | string)[]): AnswerCounts {
  const byStatus = new Map<number, number>()
  let sent = 0
  let timeouts = 0
  return {
    sent: () => {
      sent++
    },
    answered: status => {
      byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
    },
    timedOut: () => {
      timeouts++
    },
    total: () => {
      const answers = [...byStatus].sort(([a], [b]) => a - b)
      const answered = sum(answers)
      const performed = sum(answers.filter(([status]) => isExpected(status, expectStatus)))
      // An answer that stopped in the middle of its body counts as answered and as timed out.
      const errors = Math.max(0, sent - answered - timeouts)
      return {
        performed,
        failed: sent - performed,
        byStatus: {
          ...Object.fromEntries(answers),
          ...(errors > 0 ? { error: errors } : {}),
          ...(timeouts > 0 ? { timeout: timeouts } : {}),
        },
      }
    },
  }
}

function sum(answers: readonly (readonly [number, number])[]): number {
  return answers.reduce((total, [, count]) => total + count, 0)
}
