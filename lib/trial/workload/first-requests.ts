import type { RoundCounts } from './answer-counts.js'
import { withoutQuery } from './http-plan.js'
import { type HttpRound, driveHttp } from './drive-http.js'
import { type Socket, connect } from 'node:net'
import { connect as connectSecurely } from 'node:tls'

/** So many operations of the first round are performed alone. */
export const FIRST_REQUESTS = 4

/** What came of the first requests. */
export interface FirstRequests {
  readonly counts: RoundCounts
  /** Until the first answer, ms; `null`: there was none. */
  readonly firstMs: number | null
  /** Why it is of no use to go on, as a sentence; `null`: it is. */
  readonly failure: string | null
}

/**
 * Performs the first operations of a round that is the first of its application. Where none of them is answered in time, the rest would be
 * waited for in vain, for minutes. They are no extra requests: an application may not be able to do the same twice.
 */
export async function firstRequests(round: HttpRound): Promise<FirstRequests> {
  const { plan, url } = round
  const operations = Math.min(FIRST_REQUESTS, round.operations)
  // Then requests without an answer may be what is measured.
  const mayAllFail = plan.maxFailureRate >= 1
  const gaveUp = new AbortController()
  const seen: { firstMs: number | null } = { firstMs: null }
  const startedAtMs = performance.now()
  const timer = setTimeout(() => {
    if (seen.firstMs === null && !mayAllFail) gaveUp.abort()
  }, plan.firstAnswerMs)
  const counts = await driveHttp({
    ...round,
    operations,
    signal: AbortSignal.any([round.signal, gaveUp.signal]),
    onHead: head => {
      seen.firstMs ??= performance.now() - startedAtMs
      round.onHead?.(head)
    },
  }).finally(() => {
    clearTimeout(timer)
  })
  const { firstMs } = seen
  if (firstMs !== null || mayAllFail || counts.performed > 0 || round.signal.aborted || operations === 0)
    return { counts, firstMs, failure: null }
  const spoken = await unspokenProtocol(url)
  if (spoken !== null) return { counts, firstMs, failure: `${url} did not answer in HTTP/1.1: ${spoken}` }
  const isSilent = gaveUp.signal.aborted || counts.byStatus['timeout'] === operations
  return { counts, firstMs, failure: isSilent ? silence(round, counts.performed + counts.failed) : null }
}

function silence({ url, plan, requests, index }: HttpRound, sent: number): string {
  const first = requests?.[0] ?? plan.requests[index % plan.requests.length]
  const request = `${first?.method ?? 'GET'} ${withoutQuery(first?.path ?? '/')}`
  const seconds = String(plan.firstAnswerMs / 1000)
  const which = sent > 1 ? `none of the first ${String(sent)} requests` : 'not even the first request'
  return (
    `${which} to ${url} (${request}) was answered within ${seconds} s. Check that what the ` +
    'application waits for (a database, a cache, another service) runs, and that it answers such a request; ' +
    'where answers take longer, set timeoutMs of http() to the milliseconds that they take'
  )
}

const LIMIT_MS = 1_000
/** A frame's head, an alert, or enough of a greeting to know who greets. */
const LONGEST_HEAD = 40

const USE_FUNCTION =
  'http() sends HTTP/1.1 and HTTP/2; write a workload function with a client of that protocol'
const USE_HTTP2 = 'Write http({ http2: true })'

/**
 * What a server speaks that does not answer requests of HTTP/1.1, as a sentence that says what to do; `null` where it says nothing, or does
 * speak HTTP/1.1.
 * @param url origin of the server
 */
async function unspokenProtocol(url: string): Promise<string | null> {
  const { protocol, hostname, port, host } = new URL(url)
  const to = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (protocol === 'http:' ? 80 : 443)),
  }
  if (protocol !== 'http:') {
    const speaksBoth = (await agreedProtocol(to, ['http/1.1'])) !== null
    return !speaksBoth && (await agreedProtocol(to, ['h2'])) === 'h2' ? ONLY_HTTP2 : null
  }
  const head = await firstBytes(connect(to), `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  if (head === null) return null
  if (head.length > 0) return protocolOf(head)
  // TLS servers of Node close the connection without an alert.
  const offered = await agreedProtocol(to, ['h2'])
  if (offered === 'h2') return ONLY_HTTP2
  return offered === null && (await agreedProtocol(to)) === null ? null : TLS
}

const ONLY_HTTP2 = `it speaks HTTP/2 over TLS, and no HTTP/1.1. ${USE_HTTP2}`
const TLS =
  'it speaks TLS. http() does, too, where the server is one of https.createServer(); otherwise write a workload function'

function protocolOf(head: Buffer): string | null {
  if (head.toString('latin1').startsWith('HTTP/1.')) return null
  if (isSettingsFrame(head)) {
    return `its first bytes are a SETTINGS frame of HTTP/2. ${USE_HTTP2}`
  }
  if ((head[0] === 0x15 || head[0] === 0x16) && head[1] === 3) {
    return `its first bytes are ${head[0] === 0x15 ? 'an alert' : 'a handshake'} of TLS: ${TLS}`
  }
  const text = head.toString('latin1')
  const isText = /^[\t\r\n\x20-\x7e]+$/.test(text)
  const shown = isText ? `'${text.replaceAll(/\s+/g, ' ').trim()}'` : head.toString('hex')
  return `its first bytes are ${shown}, which is not HTTP. Is that the server that is meant? ${USE_FUNCTION}`
}

/** Its length is that of whole settings, its type 4, and it has no flags and no stream. */
function isSettingsFrame(head: Buffer): boolean {
  if (head.length < 9) return false
  return head.readUIntBE(0, 3) % 6 === 0 && head[3] === 4 && head[4] === 0 && head.readUInt32BE(5) === 0
}

/** What comes first; empty: the connection was closed without; `null`: neither in time, or there was no connection. */
async function firstBytes(socket: Socket, request: string): Promise<Buffer | null> {
  return new Promise(resolve => {
    let isConnected = false
    const done = (head: Buffer | null): void => {
      socket.destroy()
      resolve(head)
    }
    socket.setTimeout(LIMIT_MS, () => {
      done(null)
    })
    socket.once('connect', () => {
      isConnected = true
      socket.write(request)
    })
    socket.once('data', chunk => {
      done(chunk.subarray(0, LONGEST_HEAD))
    })
    socket.on('error', () => {
      done(isConnected ? Buffer.alloc(0) : null)
    })
    socket.once('close', () => {
      done(Buffer.alloc(0))
    })
  })
}

/** What a TLS server chooses of what is offered, `''` where it does not choose, `null` where there is no TLS or no choice. */
async function agreedProtocol(
  to: { readonly host: string; readonly port: number },
  ALPNProtocols?: string[],
): Promise<string | null> {
  return new Promise(resolve => {
    const socket = connectSecurely({
      ...to,
      rejectUnauthorized: false,
      ...(ALPNProtocols && { ALPNProtocols }),
    })
    const done = (protocol: string | null): void => {
      socket.destroy()
      resolve(protocol)
    }
    socket.setTimeout(LIMIT_MS, () => {
      done(null)
    })
    socket.once('secureConnect', () => {
      done(socket.alpnProtocol || '')
    })
    socket.on('error', () => {
      done(null)
    })
    socket.once('close', () => {
      done(null)
    })
  })
}
