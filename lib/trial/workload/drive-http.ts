import type autocannon from 'autocannon'
import type { HttpPlan } from '../types.js'
import type { WorkloadCounts } from '../../types/index.js'
import { type AnswerCounts, answerCounts } from './answer-counts.js'
import type { ConnectionPool } from './connection-pool.js'
import type { AnswerHead } from './refused-answers.js'
import type { HttpRequest } from '../../types/workload.js'
import { isExpected } from './expect-status.js'
import { Socket } from 'node:net'

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

/** What is used of autocannon's client, some of it undocumented; see `lib/httpClient.js` of autocannon 9. */
export interface AutocannonClient {
  /** When not 0, the connection is replaced after an answer to a request whose number is a multiple of it. */
  reconnectRate: number
  conn: Socket
  readonly destroyed: boolean
  readonly parser: { execute(chunk: Buffer): void }
  readonly pipelinedRequests: { addByteCount(bytes: number): void }
  /** Opens a connection and sends the first request on it. */
  _connect(): void
  _doRequest(): void
  /** The request that is outstanding, as it is sent. */
  getRequestBuffer(): Buffer
  emit(event: 'connError', error: Error): boolean
  on(event: 'request' | 'timeout' | 'done', listener: () => void): this
  on(event: 'response', listener: (status: number) => void): this
  on(event: 'headers', listener: (answer: ParsedHead) => void): this
}

interface ParsedHead {
  readonly statusCode: number
  readonly shouldKeepAlive: boolean
  /** Names and values by turns. */
  readonly headers: readonly string[]
}

/** Longer paths are cut: they are only compared with where an answer redirects to. */
const LONGEST_PATH = 2_048

/**
 * Counts the answers of one connection, and has the connection replaced where the server announces that it closes
 * it: autocannon would write the next request into the closing connection and lose it. The connection comes from the pool
 * where one waits, and goes back to it when the last request is answered.
 *
 * @param onHead told of every answer when its head has come
 * @param reconnectRate requests after which the connection is replaced in any case, 0 for never
 */
export function managedClient(
  client: AutocannonClient,
  counts: AnswerCounts,
  reconnectRate: number,
  pool: ConnectionPool,
  onHead: (head: AnswerHead) => void,
): void {
  let requests = 0
  let outstanding = false
  reuse(client, pool)
  client.on('request', () => {
    requests++
    outstanding = true
    counts.sent()
  })
  client.on('headers', ({ statusCode, shouldKeepAlive, headers }) => {
    const location = statusCode >= 300 && statusCode < 400 ? headerOf(headers, 'location') : null
    const path = location === null ? '' : pathOf(client.getRequestBuffer())
    onHead({ status: statusCode, path, location })
    const replaced = !shouldKeepAlive || (reconnectRate > 0 && requests % reconnectRate === 0)
    client.reconnectRate = replaced ? 1 : 0
    // Replacing the connection, autocannon emits no `response`.
    if (replaced) counts.answered(statusCode)
  })
  client.on('response', status => {
    outstanding = false
    counts.answered(status)
  })
  client.on('timeout', () => {
    counts.timedOut()
  })
  client.on('done', () => {
    if (outstanding) return
    pool.keep(client.conn)
    // autocannon destroys the connection of a client that is done: it gets one that was never opened.
    client.conn = new Socket()
  })
}

/** Lets the client begin on a connection of the pool, as autocannon begins on one that it opens. */
function reuse(client: AutocannonClient, pool: ConnectionPool): void {
  const open = client._connect.bind(client)
  client._connect = () => {
    const waiting = pool.take()
    if (waiting === undefined) {
      open()
      return
    }
    client.conn = waiting
    waiting.on('error', error => {
      client.emit('connError', error)
      if (!client.destroyed) client._connect()
    })
    waiting.on('end', () => {
      // The pool took Node's own listener away with autocannon's.
      waiting.destroy()
      if (!client.destroyed) client._connect()
    })
    waiting.on('data', (chunk: Buffer) => {
      client.pipelinedRequests.addByteCount(chunk.length)
      client.parser.execute(chunk)
    })
    client._doRequest()
  }
}

function headerOf(headers: readonly string[], name: string): string | null {
  const at = headers.findIndex((header, index) => index % 2 === 0 && header.toLowerCase() === name)
  return at === -1 ? null : (headers[at + 1] ?? null)
}

function pathOf(request: Buffer): string {
  return request.toString('latin1', 0, LONGEST_PATH).split(/[ \r]/, 2)[1] ?? ''
}
