import type { Socket } from 'node:net'

/** Every so many-th request of a collector is reset in place of an answer. */
export const RESET_EVERY = 3
/** How long a connection lives at most, ms. */
export const RESET_AFTER_MS = 500

/**
 * Cuts the connections of a collector again and again, as a server or a proxy in trouble does, so that what a client does to
 * reconnect is exercised. Each is reset (RST): in place of an answer to every third request that the collector got, and
 * 500 ms after it was opened, whatever it is doing then.
 */
export class Resets {
  readonly #open = new Map<number, Socket>()
  #requests = 0

  /** @param socket as it was accepted, below TLS */
  watch(socket: Socket): void {
    const { remotePort } = socket
    // It is closed again already.
    if (remotePort === undefined) return
    this.#open.set(remotePort, socket)
    const timer = setTimeout(() => socket.resetAndDestroy(), RESET_AFTER_MS)
    socket.once('close', () => {
      clearTimeout(timer)
      // The client may have the port again.
      if (this.#open.get(remotePort) === socket) this.#open.delete(remotePort)
    })
  }

  /**
   * A request was read: cuts its connection if it is its turn.
   * @param port of the client, the same below and above TLS
   * @returns whether it did, so that there is nothing to answer
   */
  cuts(port: number | undefined): boolean {
    this.#requests += 1
    if (this.#requests % RESET_EVERY !== 0) return false
    if (port !== undefined) this.#open.get(port)?.resetAndDestroy()
    return true
  }
}
