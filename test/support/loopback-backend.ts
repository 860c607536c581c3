import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Protocols told apart by path; `audit` is the service that the fixture applications call. */
export type BackendKind = 'datadog' | 'otlp' | 'sentry' | 'elastic' | 'audit' | 'other'

export interface LoopbackBackend {
  /** `http://127.0.0.1:port` */
  readonly url: string
  readonly port: number
  /** Requests by kind since the start. Probing requests that carry no telemetry are `other`. */
  received(): Readonly<Record<BackendKind, number>>
  /** Bytes of request bodies by kind since the start. */
  receivedBytes(): Readonly<Record<BackendKind, number>>
  close(): Promise<void>
}

const zero = (): Record<BackendKind, number> => ({
  datadog: 0,
  otlp: 0,
  sentry: 0,
  elastic: 0,
  audit: 0,
  other: 0,
})

const kindOf = (path: string): BackendKind => {
  if (/^\/v0\.[3457]\/traces/.test(path)) return 'datadog'
  if (/^\/v1\/(traces|metrics|logs)/.test(path)) return 'otlp'
  if (/^\/api\/\d+\/(envelope|store)/.test(path)) return 'sentry'
  if (path.startsWith('/intake/v2/')) return 'elastic'
  return path.startsWith('/audit') ? 'audit' : 'other'
}

const answer = (request: IncomingMessage, response: ServerResponse, kind: BackendKind): void => {
  const path = request.url ?? '/'
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  if (kind === 'datadog') json(200, { rate_by_service: {} })
  else if (kind === 'elastic') response.writeHead(202).end()
  else if (kind === 'audit') response.end('a'.repeat(512))
  else if (path.startsWith('/info')) json(404, {})
  else if (path.startsWith('/config/v1/agents')) response.writeHead(304).end()
  else if (path === '/') json(200, { version: '8.12.0' })
  else json(200, {})
}

/** A collector on loopback that accepts everything and counts it. */
export const startBackend = async (): Promise<LoopbackBackend> => {
  const requests = zero()
  const bytes = zero()
  const server = createServer((request, response) => {
    const kind = kindOf(request.url ?? '/')
    requests[kind] += 1
    request.on('data', (chunk: Buffer) => {
      bytes[kind] += chunk.length
    })
    request.on('end', () => {
      answer(request, response, kind)
    })
  })
  // Longer than any trial: an answered connection stays open until the other side closes it.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port.toString()}`,
    port,
    received: () => ({ ...requests }),
    receivedBytes: () => ({ ...bytes }),
    close: () =>
      new Promise<void>((resolve, reject) => {
        server.close(error => {
          if (error) reject(error)
          else resolve()
        })
        server.closeAllConnections()
      }),
  }
}
