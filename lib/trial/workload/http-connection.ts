import type { Socket } from 'node:net'
import { buildConnector, Client, H2CClient, type Dispatcher } from 'undici'
import type { HttpRequest } from '../../types/workload.js'
import type { HttpPlan } from '../types.js'

/** How a request ended: with the status of an answer that came whole, or without one; `aborted`: the client gave it up, as it was to. */
export type Outcome = number | 'timeout' | 'aborted' | 'error'

/** What is known of an answer before its body. */
export interface Head {
  readonly status: number
  /** Where it sends to, as it stands in the answer; `null`: nowhere. */
  readonly location: string | null
}

/** What is done about one request. */
export interface Told {
  readonly onHead: (head: Head) => void
  readonly ended: (outcome: Outcome) => void
  /** The client hangs up so long after it has sent the request, ms; `null`: it waits. */
  readonly hangUpAfterMs: number | null
}

/** One connection, with one request outstanding at a time. It is opened for the first, and again for the next when it was closed. */
export interface HttpConnection {
  /** Sends a request, once; `ended` is called when the answer is whole, or when there will be none. */
  send(request: HttpRequest, told: Told): void
  /** Shows the server activity, between two requests. */
  touch(): void
  /** Closes it; what is outstanding ends as an error. */
  close(): void
}

/** Where a connection leads, and how. */
export interface ConnectionTarget {
  /** Origin of the application. */
  readonly url: string
  readonly plan: HttpPlan
  /** Host to connect to instead of the one in `url`, which is still sent as `Host`. */
  readonly connectHost?: string
}

const CONNECT_MS = 10_000
/** Servers say after which idle time they close a connection. What is to stay open is kept busy instead: see `touch`. */
const NEVER_MS = 2 ** 31 - 1

/** @see ConnectionTarget */
export function httpConnection(target: ConnectionTarget): HttpConnection {
  const { timeoutMs, reconnectRate } = target.plan
  const host = target.connectHost === undefined ? {} : { host: new URL(target.url).host }
  let open: OpenClient | null = null
  let sent = 0
  let ended: ((outcome: Outcome) => void) | null = null
  let timer: NodeJS.Timeout | undefined

  const end = (outcome: Outcome): void => {
    const tell = ended
    ended = null
    // The next one opens another.
    if (outcome === 'error' || outcome === 'aborted') sent = 0
    tell?.(outcome)
  }
  const drop = (): void => {
    const dropped = open
    open = null
    sent = 0
    void dropped?.client.destroy()
  }
  const expire = (): void => {
    if (ended === null) return
    drop()
    end('timeout')
  }

  return {
    send({ path = '/', method = 'GET', headers, body }, { onHead, ended: told, hangUpAfterMs }) {
      if (sent === reconnectRate) drop()
      sent++
      open ??= openClient(target)
      ended = told
      if (timer === undefined) timer = setTimeout(expire, timeoutMs)
      else timer.refresh()
      let status = 0
      let hasHungUp = false
      let stopWaiting = (): void => undefined
      open.client.dispatch(
        {
          path,
          method,
          headers: { ...host, ...headers },
          body: body ?? null,
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        {
          onRequestStart: controller => {
            if (hangUpAfterMs === null) return
            stopWaiting = later(hangUpAfterMs, () => {
              if (ended !== told) return
              hasHungUp = true
              controller.abort(new Error('the client hangs up'))
            })
          },
          onResponseStart: (_, code, { location }) => {
            // Not what is only announced (1xx).
            if (code < 200) return
            status = code
            onHead({
              status,
              location: status < 300 || status >= 400 ? null : ([location].flat()[0] ?? null),
            })
          },
          onResponseData: () => undefined,
          onResponseEnd: () => {
            stopWaiting()
            if (ended === told) end(status)
          },
          onResponseError: () => {
            stopWaiting()
            // A client that fails to connect asserts that nobody gives it another request meanwhile.
            queueMicrotask(() => {
              if (ended === told) end(hasHungUp ? 'aborted' : 'error')
            })
          },
        },
      )
    },
    touch() {
      if (ended === null) open?.touch()
    },
    close() {
      clearTimeout(timer)
      timer = undefined
      drop()
      end('error')
    },
  }
}

/** Calls back after a time; in no time, before anything that comes back can be read. @returns what keeps it from that */
function later(ms: number, callback: () => void): () => void {
  if (ms === 0) {
    const immediate = setImmediate(callback)
    return () => {
      clearImmediate(immediate)
    }
  }
  const timer = setTimeout(callback, ms)
  return () => {
    clearTimeout(timer)
  }
}

/** A client of one connection, and what is done with that itself. */
interface OpenClient {
  readonly client: Dispatcher
  touch(): void
}

function openClient({ url, plan, connectHost }: ConnectionTarget): OpenClient {
  const { http2, socketPath, tls } = plan
  const origin = new URL(url)
  if (connectHost !== undefined)
    origin.hostname = connectHost.includes(':') ? `[${connectHost}]` : connectHost
  const path = socketPath === null ? {} : { socketPath }
  if (http2 && origin.protocol === 'http:') {
    const client = new H2CClient(origin, { pipelining: 1, maxConcurrentStreams: 1, connect: path })
    // HTTP/2 has pings for that, and its servers close nothing.
    return { client, touch: () => undefined }
  }
  // The application's certificate is its own affair, as everything on this machine.
  const connect = buildConnector({
    allowH2: http2,
    timeout: CONNECT_MS,
    rejectUnauthorized: false,
    ...path,
    ...tls,
  })
  let socket: Socket | null = null
  const client = new Client(origin, {
    pipelining: 1,
    allowH2: http2,
    keepAliveTimeout: NEVER_MS,
    keepAliveMaxTimeout: NEVER_MS,
    // It is taken from what servers say.
    keepAliveTimeoutThreshold: -NEVER_MS,
    connect: (options, callback) => {
      connect(options, (...[error, opened]) => {
        if (error !== null) {
          callback(error, null)
          return
        }
        const agreed = 'alpnProtocol' in opened ? opened.alpnProtocol : false
        if (http2 && agreed !== 'h2') {
          opened.destroy()
          callback(new Error('the server does not speak HTTP/2'), null)
          return
        }
        socket = opened
        callback(null, opened)
      })
    },
  })
  return {
    client,
    touch: () => {
      // Servers ignore an empty line before a request (RFC 9112, section 2.2), and count it as activity.
      if (!http2 && socket !== null && !socket.destroyed) socket.write('\r\n')
    },
  }
}
