import type { FirstAnswers } from '../types/index.js'
import type { FirstHeard } from './drive.js'
import { drivenServer } from './driven-server.js'
import type { Progress } from './progress.js'
import { refusalText } from './refusal-text.js'
import type { TrialSpec } from './types.js'

/** What the first requests of a launch showed, for who waits for the run; `null` where nothing was driven. */
export function firstAnswers(
  { byStatus, firstMs, refusal }: FirstHeard,
  { launch, workload, operations }: Pick<TrialSpec, 'launch' | 'workload' | 'operations'>,
  { reachable, collectors }: Pick<Progress, 'reachable' | 'collectors'>,
): FirstAnswers | null {
  if (reachable === null) return null
  const connections = workload.kind === 'http' ? workload.options.connections : 1
  const reported = (collectors?.records() ?? []).map(({ agent, atEnd }) => [agent, atEnd.requests])
  return {
    driven: drivenServer(reachable, launch),
    byStatus,
    firstMs: firstMs === null ? null : Math.round(firstMs),
    refused: refusal === null ? null : refusalText(refusal),
    reported: Object.fromEntries(reported) as Record<string, number>,
    expectedMs: firstMs === null ? null : Math.round((operations * firstMs) / connections),
  }
}
