import { randomUUID } from 'node:crypto'
import type { HttpRequest } from '../../types/workload.js'
import type { HttpPlan } from '../types.js'
import { type RoundCounts, answerCounts, isExpected } from './answer-counts.js'
import { hangUps } from './hang-ups.js'
import { type ConnectionTarget, type HttpConnection, type Told, httpConnection } from './http-connection.js'
import type { AnswerHead } from './refused-answers.js'

/** One round of HTTP requests. */
export interface HttpRound extends ConnectionTarget {
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
  /** Told of every whole answer how long it took from its request on, ms. */
  readonly onAnswer?: (tookMs: number) => void
}

/**
 * Sends exactly `operations` requests, each with the request of its own index, and leaves the connections to the pool: each carries as many
 * as the others, or one more. A request that fails is not sent again. Without an abort, `performed` and `failed` of the counts add up to
 * `operations`.
 */
export async function driveHttp(round: HttpRound): Promise<RoundCounts> {
  const { plan, operations, signal, pool } = round
  const counts = answerCounts(plan.expectStatus)
  if (signal.aborted) return counts.total()
  const next = sequence(round)
  const lanes = Math.min(plan.connections, operations)
  const connections = Array.from({ length: lanes }, () => pool.take() ?? httpConnection(round))
  const close = (): void => {
    for (const connection of connections) connection.close()
  }
  signal.addEventListener('abort', close, { once: true })
  await Promise.all(
    connections.map(async (connection, lane) => {
      const share = Math.floor(operations / lanes) + (lane < operations % lanes ? 1 : 0)
      await new Promise<void>(resolve => {
        let left = share
        const step = (): void => {
          if (left === 0 || signal.aborted) {
            resolve()
            return
          }
          left--
          const { request, hangUpAfterMs } = next()
          counts.sent()
          const sentAtMs = performance.now()
          connection.send(request, {
            hangUpAfterMs,
            onHead: head => round.onHead?.({ ...head, path: request.path ?? '/' }),
            ended: outcome => {
              counts.ended(outcome, request)
              if (typeof outcome === 'number') round.onAnswer?.(performance.now() - sentAtMs)
              step()
            },
          })
        }
        step()
      })
    }),
  )
  signal.removeEventListener('abort', close)
  for (const connection of connections) pool.keep(connection)
  return counts.total()
}

interface Next extends Pick<Told, 'hangUpAfterMs'> {
  readonly request: HttpRequest
}

/** Gives the request of the next index whenever it is called. */
function sequence({ plan, requests, index }: HttpRound): () => Next {
  const { abort } = plan
  const hangsUp = abort === null ? () => false : hangUps(abort)
  let sent = 0
  return () => {
    const next = requests?.[sent] ?? plan.requests[(index + sent) % plan.requests.length] ?? {}
    const hangUpAfterMs = abort !== null && hangsUp(index + sent) ? abort.afterMs : null
    sent++
    return { request: plan.idReplacement ? withId(next) : next, hangUpAfterMs }
  }
}

const ID = '[<id>]'

function withId(request: HttpRequest): HttpRequest {
  const id = randomUUID()
  const { path = '/', body } = request
  return {
    ...request,
    path: path.replaceAll(ID, id),
    ...(body === undefined ? {} : { body: body.replaceAll(ID, id) }),
  }
}

/** Fewer requests may all have been answered by chance. */
const FEWEST_TO_TELL = 64

/** Why a round is no valid measurement, as a sentence; `null` when no more requests failed than may fail. */
export function workloadFailure(counts: RoundCounts, plan: HttpPlan): string | null {
  const total = counts.performed + counts.failed
  const { abort } = plan
  if (abort !== null && counts.byStatus['aborted'] === undefined && total * abort.share >= FEWEST_TO_TELL)
    return (
      `no client hung up: all ${String(total)} requests had ended ${String(abort.afterMs)} ms after they were sent. ` +
      'Expected answers that take longer than abort.afterMs; 0 hangs up as soon as a request is sent'
    )
  if (counts.failed <= total * plan.maxFailureRate) return null
  const causes = Object.entries(counts.byStatus)
    .filter(([status]) => status !== 'aborted' && !isExpected(Number(status), plan.expectStatus))
    .map(([status, count]) => [status, count - (counts.expectedByRequest?.[status] ?? 0)] as const)
    .filter(([, count]) => count > 0)
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

/** Shorter than the idle time after which servers close a connection (Node's own: 5 s). */
const KEEP_ALIVE_MS = 2_000

/**
 * Connections that stay open while nothing is sent, between two rounds and during readings. In production clients and
 * load balancers keep theirs for hours, and an agent may hold every request of a connection until it is closed: closing it before
 * the reading would hide that.
 */
export interface ConnectionPool {
  /** A connection that waits, or `undefined`. It belongs to the taker. */
  take(): HttpConnection | undefined
  /** Takes over a connection on which nothing is outstanding. */
  keep(connection: HttpConnection): void
  /** Shows the server activity on all that wait, now. */
  touch(): void
  /** Closes all that wait; what is kept from then on is closed at once. */
  close(): void
}

/** A pool of connections to one server. */
export function connectionPool(): ConnectionPool {
  const waiting = new Set<HttpConnection>()
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const touch = (): void => {
    for (const idle of waiting) idle.touch()
  }
  return {
    touch,
    take() {
      const [connection] = waiting
      if (connection === undefined) return undefined
      waiting.delete(connection)
      return connection
    },
    keep(connection) {
      if (closed) {
        connection.close()
        return
      }
      waiting.add(connection)
      timer ??= setInterval(touch, KEEP_ALIVE_MS)
    },
    close() {
      closed = true
      clearInterval(timer)
      for (const connection of waiting) connection.close()
      waiting.clear()
    },
  }
}
