import type { Socket } from 'node:net'

/** Shorter than the idle time after which servers close a connection (Node's own: 5 s). */
const KEEP_ALIVE_MS = 2_000

/**
 * Connections that stay open while nothing is sent, between two rounds and during readings. In production clients and
 * load balancers keep theirs for hours, and an agent may hold every request of a connection until it is closed: closing it before
 * the reading would hide that.
 */
export interface ConnectionPool {
  /** An open connection that waits, or `undefined`. It belongs to the taker. */
  take(): Socket | undefined
  /** Takes over an open connection on which nothing is outstanding. */
  keep(socket: Socket): void
  /** Shows the server activity on all that wait, now. */
  touch(): void
  /** Closes all that wait; what is kept from then on is closed at once. */
  close(): void
}

/** A pool of connections to one server. */
export function connectionPool(): ConnectionPool {
  const waiting = new Set<Socket>()
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const touch = (): void => {
    // Servers ignore an empty line before a request (RFC 9112, section 2.2), and count it as activity.
    for (const idle of waiting) idle.write('\r\n')
  }
  const add = (socket: Socket): void => {
    waiting.add(socket)
    timer ??= setInterval(touch, KEEP_ALIVE_MS)
  }
  const remove = (socket: Socket): void => {
    waiting.delete(socket)
    if (waiting.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  const drop = (socket: Socket): void => {
    remove(socket)
    socket.destroy()
  }

  return {
    touch,
    take() {
      const [socket] = waiting
      if (socket === undefined) return undefined
      remove(socket)
      release(socket)
      return socket
    },
    keep(socket) {
      release(socket)
      if (closed || socket.destroyed || !socket.writable) {
        socket.on('error', () => undefined)
        socket.destroy()
        return
      }
      add(socket)
      // A server that closes it, or says something unasked, is done with it; the next round opens another.
      for (const event of ['error', 'end', 'close', 'data'] as const) {
        socket.on(event, () => {
          drop(socket)
        })
      }
    },
    close() {
      closed = true
      for (const socket of [...waiting]) drop(socket)
    },
  }
}

function release(socket: Socket): void {
  for (const event of ['error', 'end', 'close', 'data'] as const) socket.removeAllListeners(event)
}
