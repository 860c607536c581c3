import type { ReceivedItems } from '../../types/index.js'
import { type ItemCount, elements, members, parsed } from '../items.js'
import { addSpan, noItems } from '../items.js'
import { eachField, eachMessage } from '../protobuf.js'
import type { Protocol, RequestHead } from './protocol.js'
import { json } from './protocol.js'

type Signal = 'traces' | 'metrics' | 'logs'

const paths = /^\/v1\/(traces|metrics|logs)$/
const services = /^\/opentelemetry\.proto\.collector\.(trace|metrics|logs)\.v1\.\w+\/Export$/

const signalOf = ({ path, grpc }: RequestHead): Signal | undefined => {
  const name = (grpc ? services : paths).exec(path)?.[1]
  return name === 'trace' ? 'traces' : (name as Signal | undefined)
}

/** Kinds SERVER and CONSUMER, as numbers or as names. */
const entryKinds: ReadonlySet<unknown> = new Set([2, 5, 'SPAN_KIND_SERVER', 'SPAN_KIND_CONSUMER'])
const errorCodes: ReadonlySet<unknown> = new Set([2, 'STATUS_CODE_ERROR'])

/** Data of the kinds gauge, sum, histogram, exponential histogram, summary, and of the first three for whole numbers. */
const pointFields: ReadonlySet<number> = new Set([4, 5, 6, 7, 8, 9, 10, 11])

const countSpan = (count: ItemCount, span: Buffer): void => {
  let kind: number | undefined
  let code: number | undefined
  eachField(span, ({ number, value, bytes }) => {
    if (number === 6) kind = value
    if (number !== 15 || bytes === undefined) return
    eachField(bytes, field => {
      if (field.number === 3) code = field.value
    })
  })
  addSpan(count, { entry: entryKinds.has(kind), error: errorCodes.has(code) })
}

const countPoints = (count: ItemCount, metric: Buffer): void => {
  eachField(metric, ({ number, bytes }) => {
    if (bytes === undefined || !pointFields.has(number)) return
    eachMessage(bytes, [1], () => {
      count.metrics += 1
    })
  })
}

const readProtobuf = (body: Buffer, signal: Signal): ReceivedItems => {
  const count = noItems()
  eachMessage(body, [1, 2, 2], item => {
    if (signal === 'traces') countSpan(count, item)
    else if (signal === 'metrics') countPoints(count, item)
    else count.logs += 1
  })
  return count
}

/** `data`, `resource…`, `scope…` (earlier `instrumentationLibrary…`), items. */
const itemsIn = function* (body: unknown, of: 'Spans' | 'Metrics' | 'Logs', items: string): Generator {
  for (const resource of elements(members(body)[`resource${of}`])) {
    const scopes = members(resource)
    for (const scope of elements(scopes[`scope${of}`] ?? scopes[`instrumentationLibrary${of}`])) {
      yield* elements(members(scope)[items])
    }
  }
}

const readJson = (body: Buffer, signal: Signal): ReceivedItems => {
  const count = noItems()
  const data = parsed(body)
  if (signal === 'traces') {
    for (const item of itemsIn(data, 'Spans', 'spans')) {
      const { kind, status } = members(item)
      addSpan(count, { entry: entryKinds.has(kind), error: errorCodes.has(members(status)['code']) })
    }
  } else if (signal === 'metrics') {
    for (const metric of itemsIn(data, 'Metrics', 'metrics')) {
      for (const value of Object.values(members(metric))) {
        if (typeof value !== 'object' || Array.isArray(value)) continue
        count.metrics += elements(members(value)['dataPoints']).length
      }
    }
  } else {
    for (const record of itemsIn(data, 'Logs', 'logRecords')) if (record !== null) count.logs += 1
  }
  return count
}

/** OpenTelemetry: http with JSON or protobuf, and gRPC. Errors are spans whose status is ERROR. */
export const otlp: Protocol = {
  name: 'otlp',
  matches: head => signalOf(head) !== undefined,
  read: (body, head) => {
    const signal = signalOf(head)
    if (signal === undefined) return null
    const inJson = !head.grpc && (head.headers['content-type'] ?? '').includes('json')
    return inJson ? readJson(body, signal) : readProtobuf(body, signal)
  },
  // An empty protobuf message is an empty body.
  answer: ({ headers }) =>
    (headers['content-type'] ?? '').includes('json')
      ? json({})
      : { status: 200, headers: { 'content-type': 'application/x-protobuf' }, body: '' },
}
