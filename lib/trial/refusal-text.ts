import type { Refusal } from './workload/refused-answers.js'

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
