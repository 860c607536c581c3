import type { HttpConnection } from './http-connection.js'

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
