import { decode } from '@msgpack/msgpack'
import type { ReceivedItems } from '../../types/index.js'
import { type ItemCount, linesOf } from '../items.js'
import { addSpan, noItems } from '../items.js'
import type { Protocol } from './protocol.js'
import { json } from './protocol.js'

const paths =
  /^\/(v0\.\d\/|info$|telemetry\/|api\/v2\/apmtelemetry|dogstatsd\/|evp_proxy\/|profiling\/|debugger\/|symdb\/|tracer_flare)/
const traces = /^\/v0\.([3457])\/traces/

/** Of an older tracer that gives no kind, the type tells. */
const isEntry = (kind: unknown, type: unknown): boolean =>
  kind === undefined ? type === 'web' : kind === 'server' || kind === 'consumer'

type Fields = Readonly<Record<string, unknown>>

/** Nothing is sent as nil. */
const listOf = (value: unknown): readonly unknown[] => {
  if (value === null) return []
  if (Array.isArray(value)) return value
  throw new TypeError(`expected a list in a msgpack document, got ${typeof value}`)
}

const fieldsOf = (value: unknown): Fields => {
  if (value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Fields
  throw new TypeError(`expected a map in a msgpack document, got ${typeof value}`)
}

/** A span as a map by name. */
const countNamed = (count: ItemCount, span: unknown): void => {
  const { type, error, meta = null } = fieldsOf(span)
  addSpan(count, { entry: isEntry(fieldsOf(meta)['span.kind'], type), error: error === 1 })
}

/** A span as a list of twelve: the 9th is the error, the 10th the tags, the 12th the type; texts are places in a table. */
const countPlaced = (count: ItemCount, table: readonly unknown[], span: unknown): void => {
  const fields = listOf(span)
  if (fields.length !== 12) throw new RangeError(`expected a span of 12 fields, got ${fields.length}`)
  const [tags, type] = [fieldsOf(fields[9]), table[Number(fields[11])]]
  const kind = Object.entries(tags).find(([place]) => table[Number(place)] === 'span.kind')?.[1]
  addSpan(count, {
    entry: isEntry(kind === undefined ? undefined : table[Number(kind)], type),
    error: fields[8] === 1,
  })
}

const readTraces = (body: Buffer, version: string): ReceivedItems => {
  const count = noItems()
  const document = decode(body)
  if (version === '5') {
    const parts = listOf(document)
    if (parts.length !== 2) throw new RangeError('expected a table and traces')
    const [table, traces] = parts.map(listOf)
    for (const span of (traces ?? []).flatMap(listOf)) countPlaced(count, table ?? [], span)
    return count
  }
  const spans =
    version === '7'
      ? listOf(fieldsOf(document)['chunks'] ?? null).flatMap(chunk =>
          listOf(fieldsOf(chunk)['spans'] ?? null),
        )
      : listOf(document).flatMap(listOf)
  for (const span of spans) countNamed(count, span)
  return count
}

/** Datagrams of dogstatsd; `_e` are events, `_sc` are checks of a service. */
const readMetrics = (body: Buffer): ReceivedItems => {
  const lines = linesOf(body)
  if (!lines.every(line => /^[^|]+\|/.test(line))) throw new TypeError('expected lines of dogstatsd')
  return { ...noItems(), metrics: lines.filter(line => !/^_(e|sc)[{|]/.test(line)).length }
}

/** Datadog's trace agent. Errors are spans that are marked as such. */
export const datadog: Protocol = {
  name: 'datadog',
  matches: ({ path, grpc }) => !grpc && paths.test(path),
  read: (body, { path }) => {
    const version = traces.exec(path)?.[1]
    if (version !== undefined) return readTraces(body, version)
    return path.startsWith('/dogstatsd/') ? readMetrics(body) : null
  },
  // An agent without /info is one of the oldest, which keeps tracers to what every agent takes.
  answer: ({ path }) => {
    if (path === '/info') return json({}, 404)
    return json(traces.test(path) ? { rate_by_service: {} } : {})
  },
}
