import type { WorkloadCounts } from '../../types/index.js'
import type { Outcome } from './http-connection.js'
import type { ExpectedStatus, HttpRequest } from '../../types/workload.js'

/** Counts of a round. */
export interface RoundCounts extends WorkloadCounts {
  /** Of `byStatus`, answers that only their own requests expected; absent: none. */
  readonly expectedByRequest?: Readonly<Record<string, number>>
}

/** Counts requests and how they ended over all connections of a round. */
interface AnswerCounts {
  sent(): void
  ended(outcome: Outcome, request: HttpRequest): void
  /** What was sent and has not ended is without an answer. */
  total(): RoundCounts
}

/** @param expectStatus statuses and classes that count as performed */
export function answerCounts(expectStatus: readonly (number | string)[]): AnswerCounts {
  const byStatus = new Map<number, number>()
  const byRequest = new Map<number, number>()
  let sent = 0
  let timeouts = 0
  let aborted = 0
  return {
    sent: () => {
      sent++
    },
    ended: (outcome, request) => {
      if (outcome === 'timeout') timeouts++
      else if (outcome === 'aborted') aborted++
      else if (outcome !== 'error') {
        countOne(byStatus, outcome)
        if (!isExpected(outcome, expectStatus) && isExpected(outcome, request.expectStatus ?? []))
          countOne(byRequest, outcome)
      }
    },
    total: () => {
      const answers = [...byStatus].sort(([a], [b]) => a - b)
      const expected = answers.filter(([status]) => isExpected(status, expectStatus))
      const performed = aborted + sum(expected) + sum([...byRequest])
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
        ...(byRequest.size > 0 ? { expectedByRequest: Object.fromEntries(byRequest) } : {}),
      }
    },
  }
}

function countOne(counts: Map<number, number>, status: number): void {
  counts.set(status, (counts.get(status) ?? 0) + 1)
}

function sum(answers: readonly (readonly [number, number])[]): number {
  return answers.reduce((total, [, count]) => total + count, 0)
}

export const DEFAULT_EXPECT_STATUS: readonly ExpectedStatus[] = Object.freeze(['2xx', '3xx'] as const)

/** Whether an answer counts as performed. */
export function isExpected(status: number, expected: readonly (number | string)[]): boolean {
  return expected.includes(status) || expected.includes(`${Math.floor(status / 100)}xx`)
}
