import type { CollectorRecord } from '../types/index.js'
import type { TrialSpec } from './types.js'

/**
 * The agents that did not do what they are there for, each with a sentence: nothing that they hold, or do not, says what
 * they would hold when they work. A collector that refuses hears nothing and tells nothing; one that does not answer
 * hears at least that somebody calls.
 */
export function inertAgents(
  spec: Pick<TrialSpec, 'launch' | 'backend' | 'workload' | 'operations'>,
  records: readonly CollectorRecord[],
): string[] {
  if (spec.backend === 'down') return []
  return spec.launch.collectors.flatMap(({ agent, elsewhere, proof }, index) => {
    const record = records[index]
    if (elsewhere || proof === null || record === undefined) return []
    const { beforeLoad, atEnd } = record
    if (atEnd.requests === 0) return [`${agent} sent nothing to its collector, not even to get started`]
    if (spec.backend !== 'up' || spec.workload.kind !== 'http') return []
    const operations = `the ${String(spec.operations)} requests`
    if (proof.entries)
      return atEnd.items.entries > 0 ? [] : [`${agent} reported none of ${operations} to its collector`]
    return atEnd.requests > beforeLoad.requests
      ? []
      : [`${agent} sent nothing to its collector during ${operations}`]
  })
}
