import type { IncomingHttpHeaders } from 'node:http'
import type { ReceivedItems } from '../../types/index.js'

/** What is known of a request (for gRPC: a call) before its body. */
export interface RequestHead {
  readonly method: string
  /** Without the query. For gRPC `/package.Service/Method`. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The collector's port that it came to. */
  readonly port: number
  readonly grpc: boolean
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What one kind of agent sends, and what it has to be answered to go on sending. */
export interface Protocol {
  /** For example `otlp`. */
  readonly name: string
  readonly matches: (head: RequestHead) => boolean
  /**
   * What a body carries; `null` for a request that only connects, asks for settings, or tells of the agent itself.
   * @param body uncompressed; for gRPC one message
   * @throws anything when the body is not what the protocol says
   */
  readonly read: (body: Buffer, head: RequestHead) => ReceivedItems | null
  /** For http; a gRPC call is answered with an empty message. */
  readonly answer: (head: RequestHead, body: Buffer, items: ReceivedItems | null) => Answer
}

export const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

export const empty = (status: number): Answer => ({ status, headers: {}, body: '' })
