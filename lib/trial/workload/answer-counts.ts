import type { WorkloadCounts } from '../../types/index.js'
import type { Outcome } from './http-connection.js'
import type { HttpOptions } from '../../types/workload.js'

/** Counts requests and how they ended over all connections of a round. */
interface AnswerCounts {
  sent(): void
  ended(outcome: Outcome): void
  /** What was sent and has not ended is without an answer. */
  total(): WorkloadCounts
}

/** @param expectStatus statuses and classes that count as performed */
export function answerCounts(expectStatus: readonly (number | string)[]): AnswerCounts {
  const byStatus = new Map<number, number>()
  let sent = 0
  let timeouts = 0
  let aborted = 0
  return {
    sent: () => {
      sent++
    },
    ended: outcome => {
      if (outcome === 'timeout') timeouts++
      else if (outcome === 'aborted') aborted++
      else if (outcome !== 'error') byStatus.set(outcome, (byStatus.get(outcome) ?? 0) + 1)
    },
    total: () => {
      const answers = [...byStatus].sort(([a], [b]) => a - b)
      const performed = aborted + sum(answers.filter(([status]) => isExpected(status, expectStatus)))
      const errors = sent - sum(answers) - timeouts - aborted
      return {
        performed,
        failed: sent - performed,
        byStatus: {
          ...Object.fromEntries(answers),
          ...(aborted > 0 ? { aborted } : {}),
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

type ExpectStatus = NonNullable<HttpOptions['expectStatus']>

export const DEFAULT_EXPECT_STATUS: ExpectStatus = Object.freeze(['2xx', '3xx'] as const)

/** Whether an answer counts as performed. */
export function isExpected(status: number, expected: readonly (number | string)[]): boolean {
  return expected.includes(status) || expected.includes(`${Math.floor(status / 100)}xx`)
}
