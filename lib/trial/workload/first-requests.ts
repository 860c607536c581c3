import type { WorkloadCounts } from '../../types/index.js'
import { withoutQuery } from './describe-http.js'
import { driveHttp, type HttpRound } from './drive-http.js'
import { unspokenProtocol } from './unspoken-protocol.js'

/** So many operations of the first round are performed alone. */
export const FIRST_REQUESTS = 4

/** What came of the first requests. */
export interface FirstRequests {
  readonly counts: WorkloadCounts
  /** Until the first answer, ms; `null`: there was none. */
  readonly firstMs: number | null
  /** Why it is of no use to go on, as a sentence; `null`: it is. */
  readonly failure: string | null
}

/**
 * Performs the first operations of a round that is the first of its application. Where none of them is answered in time, the rest would be
 * waited for in vain, for minutes. They are no extra requests: an application may not be able to do the same twice.
 */
export async function firstRequests(round: HttpRound): Promise<FirstRequests> {
  const { plan, url } = round
  const operations = Math.min(FIRST_REQUESTS, round.operations)
  // Then requests without an answer may be what is measured.
  const mayAllFail = plan.maxFailureRate >= 1
  const gaveUp = new AbortController()
  const seen: { firstMs: number | null } = { firstMs: null }
  // Loading it takes a while where the machine is busy, which is none of the application's time.
  await import('autocannon')
  const startedAtMs = performance.now()
  const timer = setTimeout(() => {
    if (seen.firstMs === null && !mayAllFail) gaveUp.abort()
  }, plan.firstAnswerMs)
  const counts = await driveHttp({
    ...round,
    operations,
    signal: AbortSignal.any([round.signal, gaveUp.signal]),
    onHead: head => {
      seen.firstMs ??= performance.now() - startedAtMs
      round.onHead?.(head)
    },
  }).finally(() => {
    clearTimeout(timer)
  })
  const { firstMs } = seen
  if (firstMs !== null || mayAllFail || round.signal.aborted || operations === 0)
    return { counts, firstMs, failure: null }
  const spoken = await unspokenProtocol(url)
  if (spoken !== null) return { counts, firstMs, failure: `${url} did not answer in HTTP/1.1: ${spoken}` }
  const isSilent = gaveUp.signal.aborted || counts.byStatus['timeout'] === operations
  return { counts, firstMs, failure: isSilent ? silence(round, counts.performed + counts.failed) : null }
}

function silence({ url, plan, requests, index }: HttpRound, sent: number): string {
  const first = requests?.[0] ?? plan.requests[index % plan.requests.length]
  const request = `${first?.method ?? 'GET'} ${withoutQuery(first?.path ?? '/')}`
  const seconds = String(plan.firstAnswerMs / 1000)
  const which = sent > 1 ? `none of the first ${String(sent)} requests` : 'not even the first request'
  return (
    `${which} to ${url} (${request}) was answered within ${seconds} s. Check that what the ` +
    'application waits for (a database, a cache, another service) runs, and that it answers such a request; ' +
    'where answers take longer, set timeout of http() to the seconds that they take'
  )
}
