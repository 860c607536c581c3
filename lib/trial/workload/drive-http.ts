import type autocannon from 'autocannon'
import type { HttpPlan } from '../types.js'
import type { WorkloadCounts } from '../../types/index.js'
import { answerCounts } from './answer-counts.js'
import type { ConnectionPool } from './connection-pool.js'
import { managedClient, type AutocannonClient } from './managed-client.js'
import type { AnswerHead } from './refused-answers.js'
import type { HttpRequest } from '../../types/workload.js'

export { workloadFailure } from './workload-failure.js'

// How often autocannon looks whether it is done, ms.
const DONE_POLL_MS = 20

/** One round of HTTP requests. */
export interface HttpRound {
  /** Origin of the application. */
  readonly url: string
  readonly plan: HttpPlan
  /** Requests of this round where they depend on the index, one per operation; `null`: those of the plan in turn. */
  readonly requests: readonly HttpRequest[] | null
  readonly operations: number
  /** Index of the first operation, counted over the trial. */
  readonly index: number
  /** Ends the round early: no further request is sent, and the counts are of what was. */
  readonly signal: AbortSignal
  /** Where connections wait for the next round; whoever made it closes it. */
  readonly pool: ConnectionPool
  /** Told of every answer when its head has come. */
  readonly onHead?: (head: AnswerHead) => void
  /** Host to connect to instead of the one in `url`, which is still sent as `Host`. */
  readonly connectHost?: string
}

/**
 * Sends exactly `operations` requests, each with the request of its own index, and leaves the connections to the pool. A
 * request that fails is not sent again. Without an abort, `performed` and `failed` of the counts add up to `operations`.
 */
export async function driveHttp(round: HttpRound): Promise<WorkloadCounts> {
  const { plan, operations, signal, onHead = () => undefined } = round
  const counts = answerCounts(plan.expectStatus)
  // A third of what the library takes to load, and of no use to who reads a report.
  const { default: drive } = await import('autocannon')
  if (operations === 0 || signal.aborted) return counts.total()

  const { timeout, reconnectRate, idReplacement, servername, tlsOptions } = plan.passThrough
  const target = targetOf(round)
  let stop = (): void => undefined
  await new Promise<void>((resolve, reject) => {
    const instance = drive(
      {
        ...({ timeout, idReplacement, servername, tlsOptions } as Partial<autocannon.Options>),
        url: target.url,
        headers: target.headers,
        amount: operations,
        connections: Math.min(plan.connections, operations),
        pipelining: 1,
        sampleInt: DONE_POLL_MS,
        skipAggregateResult: true,
        setupClient: client => {
          const managed = client as unknown as AutocannonClient
          managedClient(managed, counts, Number(reconnectRate ?? 0), round.pool, onHead)
        },
        // autocannon clones its options for every connection, which for functions means that they are shared: all
        // connections draw from one sequence.
        requests: [{ setupRequest: sequence(round) }],
      },
      (error: Error | null) => {
        if (error !== null) reject(error)
        else resolve()
      },
    )
    stop = () => {
      instance.stop()
    }
    signal.addEventListener('abort', stop, { once: true })
  }).finally(() => {
    signal.removeEventListener('abort', stop)
  })
  return counts.total()
}

/** Called once for every request that is sent: gives it the request of the next index. */
function sequence({ plan, requests, index }: HttpRound): (request: autocannon.Request) => autocannon.Request {
  let sent = 0
  return defaults => {
    const next = requests?.[sent] ?? plan.requests[(index + sent) % plan.requests.length]
    sent++
    const method = (next?.method ?? 'GET') as NonNullable<autocannon.Request['method']>
    return {
      ...defaults,
      path: next?.path ?? '/',
      method,
      // autocannon writes Content-Length into it.
      headers: { ...defaults.headers, ...next?.headers },
      body: next?.body,
    }
  }
}

function targetOf({ url, connectHost }: HttpRound): { url: string; headers: Record<string, string> } {
  if (connectHost === undefined) return { url, headers: {} }
  const target = new URL(url)
  const { host } = target
  target.hostname = connectHost.includes(':') ? `[${connectHost}]` : connectHost
  return { url: target.origin, headers: { host } }
}
