import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/** Protocols told apart by path; `audit` is the service that the fixture applications call. */
export type BackendKind =
  'datadog' | 'otlp' | 'sentry' | 'elastic' | 'newrelic' | 'applicationinsights' | 'audit' | 'other'

export interface BackendOptions {
  /** Accepts every request and never answers. Default false. */
  readonly hangs?: boolean
  /** Speaks https with this certificate, as newrelic demands. Default http. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

export interface LoopbackBackend {
  /** `http://127.0.0.1:port`, or with https. */
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
  newrelic: 0,
  applicationinsights: 0,
  audit: 0,
  other: 0,
})

const kindOf = (path: string): BackendKind => {
  if (/^\/v0\.[3457]\/traces/.test(path) || path.startsWith('/dogstatsd/')) return 'datadog'
  if (/^\/v1\/(traces|metrics|logs)/.test(path)) return 'otlp'
  if (/^\/api\/\d+\/(envelope|store)/.test(path)) return 'sentry'
  if (path.startsWith('/intake/v2/')) return 'elastic'
  if (path.includes('/invoke_raw_method')) return 'newrelic'
  if (/^\/v2(\.1)?\/track/.test(path)) return 'applicationinsights'
  return path.startsWith('/audit') ? 'audit' : 'other'
}

/** What newrelic's collector returns, by the method asked for. A host without a port would be taken for port 443. */
const returned = (path: string, host: string): unknown => {
  switch (new URL(path, 'https://localhost').searchParams.get('method')) {
    case 'preconnect':
      return { redirect_host: host, security_policies: {} }
    case 'connect':
      return {
        agent_run_id: 'run',
        request_headers_map: {},
        event_harvest_config: {
          report_period_ms: 5_000,
          harvest_limits: {
            ...{ analytic_event_data: 833, custom_event_data: 83, error_event_data: 8 },
            ...{ span_event_data: 166, log_event_data: 833 },
          },
        },
        span_event_harvest_config: { report_period_ms: 5_000, harvest_limit: 166 },
      }
    case null:
    default:
      return []
  }
}

const port = (request: IncomingMessage): string => String(request.socket.localPort)

const answer = (request: IncomingMessage, response: ServerResponse, kind: BackendKind): void => {
  const path = request.url ?? '/'
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  if (kind === 'datadog') json(200, { rate_by_service: {} })
  else if (kind === 'newrelic') json(200, { return_value: returned(path, `localhost:${port(request)}`) })
  else if (kind === 'applicationinsights') json(200, { itemsReceived: 1, itemsAccepted: 1, errors: [] })
  else if (kind === 'elastic') response.writeHead(202).end()
  else if (kind === 'audit') response.end('a'.repeat(512))
  else if (path.startsWith('/info')) json(404, {})
  else if (path.startsWith('/config/v1/agents')) response.writeHead(304).end()
  else if (path === '/') json(200, { version: '8.12.0' })
  else json(200, {})
}

/** A collector on loopback that accepts everything and counts it. */
export const startBackend = async ({ hangs = false, tls }: BackendOptions = {}): Promise<LoopbackBackend> => {
  const requests = zero()
  const bytes = zero()
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const kind = kindOf(request.url ?? '/')
    requests[kind] += 1
    request.on('data', (chunk: Buffer) => {
      bytes[kind] += chunk.length
    })
    // An application that is ended in the middle of a request is no error here.
    request.on('error', () => {})
    request.on('end', () => {
      if (!hangs) answer(request, response, kind)
    })
  }
  const server = tls === undefined ? createServer(handle) : createSecureServer(tls, handle)
  // Longer than any trial: an answered connection stays open until the other side closes it.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${port.toString()}`,
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
