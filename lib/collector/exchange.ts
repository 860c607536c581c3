import type { Readable } from 'node:stream'
import type { Backend, ReceivedItems } from '../types/index.js'
import { protocols } from './protocols/index.js'
import type { Answer, Protocol, RequestHead } from './protocols/protocol.js'
import { json } from './protocols/protocol.js'
import type { Tally } from './tally.js'
import { uncompressed } from './uncompressed.js'

export interface ExchangeOptions {
  readonly backend: Exclude<Backend, 'down'>
  readonly tally: Tally
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
    else if (backend === 'up') respond(protocol?.answer(head, body, items) ?? json({}))
  })
}
