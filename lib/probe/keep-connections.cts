import type { EventEmitter } from 'node:events'
import type { Server, Socket } from 'node:net'

const setImmediate = globalThis.setImmediate.bind(globalThis)

/** What Node's http has in its sockets. */
interface HttpSocket extends Socket {
  readonly parser?: { readonly incoming?: EventEmitter | null } | null
  readonly _httpMessage?: EventEmitter | null
}

const known = new WeakSet<Server>()

/**
 * Lets a server of Node's http close a connection that was idle for too long only where nothing has arrived on it meanwhile. A main thread
 * that was stopped for seconds, by a collection perhaps, sees that time is over before it sees what has arrived: all connections would
 * close, and take along what they hold. Otherwise it does as Node does where nobody listens.
 */
function keepConnections(server: Server): void {
  const onTimeout = (socket: HttpSocket): void => {
    const listens = (emitter: EventEmitter | null | undefined): boolean =>
      (emitter?.listenerCount('timeout') ?? 0) > 0
    if (
      server.listenerCount('timeout') > 1 ||
      listens(socket.parser?.incoming) ||
      listens(socket._httpMessage)
    )
      return
    const { bytesRead } = socket
    // After what has arrived was read.
    setImmediate(() => {
      if (socket.bytesRead === bytesRead) socket.destroy()
    })
  }
  if (known.has(server)) return
  known.add(server)
  server.on('timeout', onTimeout)
}

export type KeepConnections = typeof keepConnections
module.exports = keepConnections
