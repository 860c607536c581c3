import type { Received } from '../types.js'

/** A collector on loopback, for one agent in one trial. Ports are chosen by the system. */
export interface Collector {
  /** Speaks http, https and http/2 without TLS (gRPC), told apart by the first bytes of a connection. */
  readonly port: number
  /** What came in so far. */
  received(): Received
  /** Ends its connections and gives the port back. */
  close(): Promise<void>
}
