import { type IncomingMessage, type ServerResponse, createServer as createHttpServer } from 'node:http'
import {
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  createServer as createHttp2Server,
} from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, type Socket, createServer } from 'node:net'
import { IsolateLeakError } from '../errors.js'
import type { Backend, Received } from '../types/index.js'
import type { Certificate } from './certificate.js'
import { type ExchangeOptions, exchange, protocolOf, split, Tally, uncompressed } from './exchange.js'
import type { Answer, RequestHead } from './protocols/protocol.js'
import { Resets } from './resets.js'

/** A collector on loopback, for one agent in one trial. Ports are chosen by the system. */
export interface Collector {
  /** Speaks http, https and http/2 without TLS (gRPC), told apart by the first bytes of a connection. */
  readonly port: number
  /** What came in so far. */
  received(): Received
  /** Ends the connections that are kept for a next request: what a client holds for each is no growth. */
  endIdle(): void
  /** Ends its connections and gives the port back. */
  close(): Promise<void>
}

export interface CollectorOptions {
  /** How it behaves; `down` needs no collector, see `REFUSED_PORT`. */
  readonly backend: Exclude<Backend, 'down'>
  /** Shown to who speaks https. */
  readonly certificate: Certificate
}

const host = '127.0.0.1'

const headersOf = ({ body, headers }: Answer): Record<string, string | number> => ({
  ...headers,
  'content-length': Buffer.byteLength(body),
})

const listener =
  (port: () => number, options: ExchangeOptions, idle: Set<Socket>) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const { method = 'GET', url = '/', headers, socket } = request
    const { remotePort } = socket
    idle.delete(socket)
    response.on('finish', () => {
      if (!socket.destroyed) idle.add(socket)
    })
    const respond = (answer: Answer): void => {
      if (options.resets?.cuts(remotePort) === true) return
      response.writeHead(answer.status, headersOf(answer)).end(answer.body)
    }
    exchange({ method, ...split(url), headers, port: port(), grpc: false }, request, respond, options)
  }

const http2Listener =
  (port: () => number, options: ExchangeOptions) =>
  (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
    // A call that is cancelled, or whose connection is ended, is no error here.
    stream.on('error', () => {})
    const remotePort = stream.session?.socket.remotePort
    if (isGrpc(headers)) {
      answerCall(stream, headers, port(), options, remotePort)
      return
    }
    const respond = (answer: Answer): void => {
      if (stream.destroyed || options.resets?.cuts(remotePort) === true) return
      stream.respond({ ':status': answer.status, ...headersOf(answer) })
      stream.end(answer.body)
    }
    const { ':method': method = 'GET', ':path': url = '/' } = headers
    exchange({ method, ...split(url), headers, port: port(), grpc: false }, stream, respond, options)
  }

/**
 * Opens a collector on 127.0.0.1. Nothing that a client does is an error: it may send garbage, break off, or be killed.
 * @throws IsolateLeakError ERR_COLLECTOR when no port can be had
 */
export const openCollector = async ({ backend, certificate }: CollectorOptions): Promise<Collector> => {
  const tally = new Tally()
  const resets = backend === 'reset' ? new Resets() : null
  const options: ExchangeOptions = { backend, tally, resets }
  const sockets = new Set<Socket>()
  const idle = new Set<Socket>()
  const server = createServer({ noDelay: true })
  const port = (): number => (server.address() as AddressInfo | null)?.port ?? 0
  // These never listen, and therefore never look for connections that are slow: they are only handed connections. An
  // answered connection stays open until the other side closes it, longer than any trial.
  const plain = createHttpServer({ keepAliveTimeout: 0 }, listener(port, options, idle))
  const secure = createHttpsServer({ ...certificate, keepAliveTimeout: 0 }, listener(port, options, idle))
  const forget = (socket: Socket): void => void socket.on('close', () => idle.delete(socket))
  plain.on('connection', forget)
  secure.on('secureConnection', forget)
  const http2 = createHttp2Server().on('stream', http2Listener(port, options))
  const servers = { http: plain, tls: secure, http2 }
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Of a client that is killed, or of a protocol that gave up; the connection is closed either way.
    socket.on('error', () => {})
    resets?.watch(socket)
    onWire(socket, wire => servers[wire].emit('connection', socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause => {
      const message = `Expected a free port on ${host} for a collector, got: ${cause.message}`
      reject(new IsolateLeakError('ERR_COLLECTOR', message, { cause }))
    })
    server.listen(0, host, resolve)
  })
  const opened = port()
  return {
    port: opened,
    received: () => tally.received(),
    endIdle() {
      for (const socket of idle) socket.end()
      idle.clear()
    },
    close: () =>
      new Promise(resolve => {
        // The only error is that it is closed already.
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** What a connection speaks. */
type Wire = 'http' | 'tls' | 'http2'

const tlsHandshake = 0x16
/** Begins a connection of http/2 without TLS (RFC 9113, 3.4); no method of http/1.1 is called so. */
const preface = Buffer.from('PRI ')

const wireOf = (bytes: Buffer): Wire | undefined => {
  if (bytes[0] === tlsHandshake) return 'tls'
  const length = Math.min(bytes.length, preface.length)
  if (!bytes.subarray(0, length).equals(preface.subarray(0, length))) return 'http'
  return length === preface.length ? 'http2' : undefined
}

/** Calls `decided` once with what the connection speaks; everything that was read is put back before. */
const onWire = (socket: Socket, decided: (wire: Wire) => void): void => {
  let start: Buffer = Buffer.alloc(0)
  const look = (): void => {
    const bytes = socket.read() as Buffer | null
    if (bytes === null) return
    start = Buffer.concat([start, bytes])
    const wire = wireOf(start)
    if (wire === undefined) return
    socket.off('readable', look)
    socket.unshift(start)
    decided(wire)
  }
  socket.on('readable', look)
}

const contentType = 'application/grpc'

/** An empty message, which is a valid one of every type: not compressed, of length 0. */
const emptyMessage = Buffer.alloc(5)

const INTERNAL = '13'

const isGrpc = (headers: IncomingHttpHeaders): boolean =>
  (headers['content-type'] ?? '').startsWith(contentType)

/** One gRPC call over http/2: its messages are read as they come, it is answered when the client has ended its side. */
const answerCall = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  port: number,
  { backend, tally, resets }: ExchangeOptions,
  remotePort: number | undefined,
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
    if (backend === 'slow' || stream.destroyed || resets?.cuts(remotePort) === true) return
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

/** Before a message: whether it is compressed (1 byte) and how long it is (4). */
const headBytes = 5

/** Cuts the body of a gRPC call into its messages. */
class GrpcMessages {
  readonly #encoding: string | undefined
  #rest: Buffer = Buffer.alloc(0)

  constructor(encoding: string | undefined) {
    this.#encoding = encoding
  }

  /** The messages that are complete with this chunk, uncompressed. */
  *take(chunk: Buffer): Generator<Buffer> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (this.#rest.length >= headBytes) {
      const flag = this.#rest.readUInt8(0)
      if (flag > 1) throw new RangeError(`expected the flag of a gRPC message to be 0 or 1, got ${flag}`)
      const end = headBytes + this.#rest.readUInt32BE(1)
      if (this.#rest.length < end) return
      const message = this.#rest.subarray(headBytes, end)
      this.#rest = this.#rest.subarray(end)
      yield flag === 1 ? uncompressed(message, this.#encoding) : message
    }
  }

  /** @throws RangeError when the last message is not complete */
  assertEnded(): void {
    if (this.#rest.length > 0) throw new RangeError('the last message of a gRPC call is cut off')
  }
}
