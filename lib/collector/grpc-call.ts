import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { ExchangeOptions } from './exchange.js'
import { protocolOf, split } from './exchange.js'
import { GrpcMessages } from './grpc-messages.js'
import type { RequestHead } from './protocols/protocol.js'

const contentType = 'application/grpc'

/** An empty message, which is a valid one of every type: not compressed, of length 0. */
const emptyMessage = Buffer.alloc(5)

const INTERNAL = '13'

export const isGrpc = (headers: IncomingHttpHeaders): boolean =>
  (headers['content-type'] ?? '').startsWith(contentType)

/** One gRPC call over http/2: its messages are read as they come, it is answered when the client has ended its side. */
export const answerCall = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  port: number,
  { backend, tally }: ExchangeOptions,
): void => {
  const head: RequestHead = { method: 'POST', ...split(headers[':path'] ?? '/'), headers, port, grpc: true }
  const protocol = protocolOf(head)
  const messages = new GrpcMessages(headers['grpc-encoding']?.toString())
  let readable = true
  const attempt = (step: () => void): void => {
    if (!readable) return
    try {
      step()
    } catch {
      // One call is unreadable at most once: after a broken message nobody knows where the next begins.
      readable = false
      tally.unreadable()
    }
  }
  tally.begin(protocol)
  stream.on('data', (chunk: Buffer) => {
    tally.bytes(chunk.length)
    attempt(() => {
      for (const message of messages.take(chunk)) {
        const items = protocol?.read(message, head) ?? null
        if (items !== null) tally.items(items)
      }
    })
  })
  stream.on('end', () => {
    // It ends also when it is cancelled.
    if (stream.aborted) return
    attempt(() => messages.assertEnded())
    if (backend === 'slow' || stream.destroyed) return
    if (backend === 'error') {
      const failed = { 'grpc-status': INTERNAL, 'grpc-message': 'out of order' }
      stream.respond({ ':status': 200, 'content-type': contentType, ...failed }, { endStream: true })
      return
    }
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.respond({ ':status': 200, 'content-type': contentType }, { waitForTrailers: true })
    stream.end(emptyMessage)
  })
}
