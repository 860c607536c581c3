import { Socket } from 'node:net'
import type { AnswerCounts } from './answer-counts.js'
import type { ConnectionPool } from './connection-pool.js'
import type { AnswerHead } from './refused-answers.js'

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
