import type { AnswerCounts } from './answer-counts.js'

/** What is used of autocannon's client, some of it undocumented; see `lib/httpClient.js` of autocannon 9. */
export interface AutocannonClient {
  /** When not 0, the connection is replaced after an answer to a request whose number is a multiple of it. */
  reconnectRate: number
  on(event: 'request' | 'timeout' | 'done', listener: () => void): this
  on(event: 'response', listener: (status: number) => void): this
  on(event: 'headers', listener: (answer: { statusCode: number; shouldKeepAlive: boolean }) => void): this
}

/**
 * Counts the answers of one connection, and has the connection replaced where the server announces that it closes
 * it: autocannon would write the next request into the closing connection and lose it.
 *
 * @param reconnectRate requests after which the connection is replaced in any case, 0 for never
 */
export function managedClient(client: AutocannonClient, counts: AnswerCounts, reconnectRate: number): void {
  let requests = 0
  client.on('request', () => {
    requests++
    counts.sent()
  })
  client.on('headers', ({ statusCode, shouldKeepAlive }) => {
    const replaced = !shouldKeepAlive || (reconnectRate > 0 && requests % reconnectRate === 0)
    client.reconnectRate = replaced ? 1 : 0
    // Replacing the connection, autocannon emits no `response`.
    if (replaced) counts.answered(statusCode)
  })
  client.on('response', status => {
    counts.answered(status)
  })
  client.on('timeout', () => {
    counts.timedOut()
  })
}
