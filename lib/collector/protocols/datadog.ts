import type { ReceivedItems } from '../../types/index.js'
import { type ItemCount, linesOf } from '../items.js'
import { addSpan, noItems } from '../items.js'
import { MsgpackReader } from '../msgpack.js'
import type { Protocol } from './protocol.js'
import { json } from './protocol.js'

const paths =
  /^\/(v0\.\d\/|info$|telemetry\/|api\/v2\/apmtelemetry|dogstatsd\/|evp_proxy\/|profiling\/|debugger\/|symdb\/|tracer_flare)/
const traces = /^\/v0\.([3457])\/traces/

/** Of an older tracer that gives no kind, the type tells. */
const isEntry = (kind: unknown, type: unknown): boolean =>
  kind === undefined ? type === 'web' : kind === 'server' || kind === 'consumer'

/** Calls `visit` for each pair of the map that comes; `visit` has to pass over the value. */
const eachPair = (reader: MsgpackReader, visit: (key: string | number | undefined) => void): void => {
  for (let left = reader.map(); left > 0; left -= 1) visit(reader.scalar())
}

const eachElement = (reader: MsgpackReader, visit: () => void): void => {
  for (let left = reader.list(); left > 0; left -= 1) visit()
}

/** A span as a map by name. */
const countNamed = (reader: MsgpackReader, count: ItemCount): void => {
  let kind: unknown
  let type: unknown
  let error: unknown
  eachPair(reader, key => {
    if (key === 'type') type = reader.scalar()
    else if (key === 'error') error = reader.scalar()
    else if (key === 'meta') {
      eachPair(reader, name => {
        if (name === 'span.kind') kind = reader.scalar()
        else reader.skip()
      })
    } else reader.skip()
  })
  addSpan(count, { entry: isEntry(kind, type), error: error === 1 })
}

/** A span as a list of twelve: the 9th is the error, the 10th the tags, the 12th the type; texts are places in a table. */
const countPlaced = (reader: MsgpackReader, count: ItemCount, table: readonly unknown[]): void => {
  const text = (): unknown => table[Number(reader.scalar())]
  let kind: unknown
  const length = reader.list()
  if (length !== 12) throw new RangeError(`expected a span of 12 fields, got ${length}`)
  for (let field = 0; field < 8; field += 1) reader.skip()
  const error = reader.scalar()
  eachPair(reader, place => {
    if (table[Number(place)] === 'span.kind') kind = text()
    else reader.skip()
  })
  reader.skip()
  addSpan(count, { entry: isEntry(kind, text()), error: error === 1 })
}

const readTraces = (body: Buffer, version: string): ReceivedItems => {
  const count = noItems()
  const reader = new MsgpackReader(body)
  const spans = (): void => eachElement(reader, () => countNamed(reader, count))
  if (version === '5') {
    if (reader.list() !== 2) throw new RangeError('expected a table and traces')
    const table: unknown[] = []
    eachElement(reader, () => table.push(reader.scalar()))
    eachElement(reader, () => eachElement(reader, () => countPlaced(reader, count, table)))
  } else if (version === '7') {
    eachPair(reader, key => {
      if (key !== 'chunks') {
        reader.skip()
        return
      }
      eachElement(reader, () => eachPair(reader, name => (name === 'spans' ? spans() : reader.skip())))
    })
  } else {
    eachElement(reader, spans)
  }
  if (!reader.ended) throw new RangeError('expected the end of the traces')
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
