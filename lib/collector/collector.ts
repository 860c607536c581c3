import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { IsolateLeakError } from '../errors.js'
import type { Backend, Received } from '../types/index.js'
import type { Certificate } from './certificate.js'
import { exchange, split } from './exchange.js'
import type { ExchangeOptions } from './exchange.js'
import { onWire } from './first-bytes.js'
import { answerCall, isGrpc } from './grpc-call.js'
import type { Answer } from './protocols/protocol.js'
import { Tally } from './tally.js'

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
    idle.delete(socket)
    response.on('finish', () => {
      if (!socket.destroyed) idle.add(socket)
    })
    const respond = (answer: Answer): void => {
      response.writeHead(answer.status, headersOf(answer)).end(answer.body)
    }
    exchange({ method, ...split(url), headers, port: port(), grpc: false }, request, respond, options)
  }

const http2Listener =
  (port: () => number, options: ExchangeOptions) =>
  (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
    // A call that is cancelled, or whose connection is ended, is no error here.
    stream.on('error', () => {})
    if (isGrpc(headers)) {
      answerCall(stream, headers, port(), options)
      return
    }
    const respond = (answer: Answer): void => {
      if (stream.destroyed) return
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
  const options: ExchangeOptions = { backend, tally }
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
