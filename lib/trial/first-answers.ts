import type { FirstAnswers } from '../types/index.js'
import type { FirstHeard } from './drive.js'
import { drivenServer } from './driven-server.js'
import type { Progress } from './progress.js'
import type { TrialSpec } from './types.js'
import type { Refusal } from './workload/refused-answers.js'

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

/** Longer paths are cut. */
const LONGEST_PATH = 100

/** What was answered, what that means, and what to write. */
export function refusalText({ share, statuses, to }: Refusal): string {
  const which = statuses.join(' or ')
  const what = to === null ? `status ${which}` : `a redirect (${which}) to ${to.slice(0, LONGEST_PATH)}`
  const how = share === 1 ? `every answer was ${what}` : `${percent(share)} of the answers were ${what}`
  const write =
    to === null
      ? 'Give http() headers with a session or a token, or a path that needs none'
      : 'Give http() the path of a page that answers, or headers with a session'
  return (
    `${how}, so that what the workload asks for was not exercised. ${write}; ` +
    `where that is the answer to measure, expectStatus: [${statuses.join(', ')}]`
  )
}

/** Never rounded to all of them. */
function percent(share: number): string {
  return `${String(Math.floor(100 * share))}%`
}
