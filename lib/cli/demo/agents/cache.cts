/**
 * A response cache: the last answers, kept with what is needed to revalidate them. Looks leaky, for the heap grows by
 * megabytes while it fills, and is harmless: the oldest entry makes room for the newest.
 */
import type { OnRequest } from './on-request.cjs'

const onRequest = require('./on-request.cjs') as OnRequest

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

onRequest((request, response) => {
  response.once('finish', () => {
    store(request.url ?? '')
  })
})
