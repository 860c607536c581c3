/**
 * How the collector behaves that agents report to: `up` answers as the vendor's does, `down` refuses connections, `slow`
 * accepts requests and never answers, `error` answers everything with status 500, `reset` answers as `up` does and cuts
 * connections again and again.
 */
export type Backend = 'up' | 'down' | 'slow' | 'error' | 'reset'

/** What was found in the requests of an agent to its collector. */
export interface ReceivedItems {
  /**
   * Requests, calls or messages that the application served, as the agent tells them: server spans, transactions, request
   * telemetry. They show that the agent was exercised.
   */
  readonly entries: number
  /** Spans of any kind, `entries` included. */
  readonly spans: number
  readonly errors: number
  /** Data points, or measurements where a protocol has no points. */
  readonly metrics: number
  readonly logs: number
}

/** What a collector got from one agent. */
export interface Received {
  /** Requests (for gRPC: calls), those that only connect or ask for configuration included. */
  readonly requests: number
  /** Size of their bodies as sent. */
  readonly bytes: number
  readonly items: ReceivedItems
  /** Protocols that were recognised, for example `['otlp']`. */
  readonly protocols: readonly string[]
  /** Requests whose body could not be read; their items are not counted. */
  readonly unreadable: number
}

/** What the collector of one agent got in one trial. */
export interface CollectorRecord {
  readonly agent: string
  /** The caller's own variables point the agent elsewhere: nothing is counted. */
  readonly elsewhere: boolean
  /** Received until the first operation. */
  readonly beforeLoad: Received
  /** Received until the last sample. */
  readonly atEnd: Received
}
