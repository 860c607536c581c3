import type { Readable } from 'node:stream'
import type { Backend, Received, ReceivedItems } from '../types/index.js'
import { protocols } from './protocols/index.js'
import { type Answer, type Protocol, type RequestHead, json } from './protocols/protocol.js'
import { addItems, noItems } from './items.js'
import type { Resets } from './resets.js'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { connect } from 'node:net'
import { IsolateLeakError } from '../errors.js'

export interface ExchangeOptions {
  readonly backend: Exclude<Backend, 'down'>
  readonly tally: Tally
  /** What cuts its connections, for the backend `reset`. */
  readonly resets: Resets | null
}

export const protocolOf = (head: RequestHead): Protocol | undefined =>
  protocols.find(protocol => protocol.matches(head))

/** A path that came with a request, and its query. */
export const split = (url: string): Pick<RequestHead, 'path' | 'query'> => {
  const mark = url.indexOf('?')
  return mark < 0
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark)) }
}

/** One request over http, of any version: counted when it begins, read and answered when its body has ended. */
export const exchange = (
  head: RequestHead,
  request: Readable & { readonly aborted: boolean },
  respond: (answer: Answer) => void,
  { backend, tally }: ExchangeOptions,
): void => {
  const protocol = protocolOf(head)
  const chunks: Buffer[] = []
  tally.begin(protocol)
  request.on('data', (chunk: Buffer) => {
    tally.bytes(chunk.length)
    chunks.push(chunk)
  })
  // A client that breaks off has said what it had to say.
  request.on('error', () => {})
  request.on('end', () => {
    // A stream of http/2 ends also when it is cancelled.
    if (request.aborted) return
    let body: Buffer = Buffer.alloc(0)
    let items: ReceivedItems | null = null
    try {
      if (protocol !== undefined) {
        body = uncompressed(Buffer.concat(chunks), head.headers['content-encoding'])
        items = protocol.read(body, head)
      }
    } catch {
      // Whatever a body has that its protocol does not: it is not understood, and that is what is reported.
      tally.unreadable()
    }
    if (items !== null) tally.items(items)
    if (backend === 'error') respond(json({ error: 'out of order' }, 500))
    else if (backend !== 'slow') respond(protocol?.answer(head, body, items) ?? json({}))
  })
}

/** What a collector counts as it comes in. */
export class Tally {
  readonly #items = noItems()
  readonly #protocols = new Set<string>()
  #requests = 0
  #bytes = 0
  #unreadable = 0

  /** A request has begun. */
  begin(protocol: Protocol | undefined): void {
    this.#requests += 1
    if (protocol !== undefined) this.#protocols.add(protocol.name)
  }

  /** Bytes of a body, as sent. */
  bytes(count: number): void {
    this.#bytes += count
  }

  /** A body, or a part of it that stands alone, was read. */
  items(items: ReceivedItems): void {
    addItems(this.#items, items)
  }

  /** A body was not what its protocol says. */
  unreadable(): void {
    this.#unreadable += 1
  }

  received(): Received {
    return {
      requests: this.#requests,
      bytes: this.#bytes,
      items: { ...this.#items },
      protocols: [...this.#protocols],
      unreadable: this.#unreadable,
    }
  }
}

/** More than any agent sends at once: what claims to be larger is not read. */
const maxOutputLength = 256 * 1024 * 1024

/**
 * A body as it was before it was compressed.
 * @param encoding of the header `content-encoding` or, for a gRPC message, `grpc-encoding`
 * @throws anything when it is not in that encoding
 */
export const uncompressed = (body: Buffer, encoding: string | undefined): Buffer => {
  switch (encoding) {
    case undefined:
    case '':
    case 'identity':
      return body
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, { maxOutputLength })
    case 'deflate':
      return inflateSync(body, { maxOutputLength })
    case 'br':
      return brotliDecompressSync(body, { maxOutputLength })
    default:
      throw new RangeError(`expected gzip, deflate or br, got a body in ${encoding}`)
  }
}

/**
 * Where the backend `down` is: a port that only the system's own services may take, that belongs to none of them, and that
 * `fetch` does not refuse by itself.
 */
export const REFUSED_PORT = 4

/**
 * Makes sure that connections to {@link REFUSED_PORT} are refused.
 * @throws IsolateLeakError ERR_COLLECTOR when something answers, or when the connection fails in another way
 */
export const assertRefused = (port: number = REFUSED_PORT): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      const expected = `expected connections to 127.0.0.1:${port} to be refused`
      reject(
        new IsolateLeakError('ERR_COLLECTOR', `The backend "down" ${expected}, but something answers there`),
      )
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve()
      else {
        const expected = `expected connections to 127.0.0.1:${port} to be refused`
        const message = `The backend "down" ${expected}, but got ${error.code ?? error.message}`
        reject(new IsolateLeakError('ERR_COLLECTOR', message, { cause: error }))
      }
    })
  })
