/** A tracing agent: a span for every request, sent in batches. Harmless: a batch is dropped once it is sent. */
import type { OnRequest } from './on-request.cjs'

const onRequest = require('./on-request.cjs') as OnRequest

interface Span {
  readonly name: string
  readonly startedAtMs: number
  durationMs: number
  status: number
}

const BATCH_SIZE = 50
const FLUSH_MS = 500
let batch: Span[] = []

function flush(): void {
  send(JSON.stringify(batch))
  batch = []
}

/** Where a real tracer would talk to its collector. */
function send(payload: string): Buffer {
  return Buffer.from(payload)
}

setInterval(flush, FLUSH_MS).unref()

onRequest((request, response) => {
  const span: Span = {
    name: `${request.method ?? ''} ${request.url ?? ''}`,
    startedAtMs: performance.now(),
    durationMs: 0,
    status: 0,
  }
  response.once('finish', () => {
    span.durationMs = performance.now() - span.startedAtMs
    span.status = response.statusCode
    batch.push(span)
    if (batch.length >= BATCH_SIZE) flush()
  })
})
