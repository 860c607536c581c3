import type { HttpPlan } from '../types.js'
import type { WorkloadCounts } from '../../types/index.js'
import { isExpected } from './expect-status.js'

/** Why a round is no valid measurement, as a sentence; `null` when no more requests failed than may fail. */
export function workloadFailure(counts: WorkloadCounts, plan: HttpPlan): string | null {
  const total = counts.performed + counts.failed
  if (counts.failed <= total * plan.maxFailureRate) return null
  const causes = Object.entries(counts.byStatus)
    .filter(([status]) => !isExpected(Number(status), plan.expectStatus))
    .map(([status, count]) => `${count} ${cause(status)}`)
  return (
    `${counts.failed} of ${total} requests failed (${causes.join(', ')}); expected ` +
    `${plan.expectStatus.join(' or ')}, and at most ${plan.maxFailureRate * 100}% may fail (maxFailureRate)`
  )
}

function cause(status: string): string {
  if (status === 'timeout') return 'not answered in time'
  if (status === 'error') return 'without an answer'
  return `answered with status ${status}`
}
