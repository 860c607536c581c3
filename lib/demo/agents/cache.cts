/**
 * A response cache: the last answers, kept with what is needed to revalidate them. Looks leaky, for the heap grows by
 * megabytes while it fills, and is harmless: the oldest entry makes room for the newest.
 */
import type * as Http from 'node:http'

const http = require('node:http') as typeof Http

interface Entry {
  readonly url: string
  readonly variants: readonly string[]
  readonly storedAt: Date
}

const MOST_ENTRIES = 400
const VARIANTS = 24
const entries = new Map<string, Entry>()

function store(url: string): void {
  const variants = Array.from({ length: VARIANTS }, (_, index) =>
    `${url}?lang=${String(index)}`.padEnd(200, '.'),
  )
  entries.delete(url)
  entries.set(url, { url, variants, storedAt: new Date() })
  const [oldest] = entries.keys()
  if (entries.size > MOST_ENTRIES && oldest !== undefined) entries.delete(oldest)
}

const emit = http.Server.prototype.emit
http.Server.prototype.emit = function (
  this: Http.Server,
  event: string | symbol,
  ...args: unknown[]
): boolean {
  if (event === 'request') {
    const [request, response] = args as [Http.IncomingMessage, Http.ServerResponse]
    response.once('finish', () => {
      store(request.url ?? '')
    })
  }
  return Reflect.apply(emit, this, [event, ...args]) as boolean
}
