import type { ReceivedItems } from '../../types/index.js'
import { type ItemCount, elements, linesOf, members, parsed } from '../items.js'
import { addSpan, noItems } from '../items.js'
import type { Protocol } from './protocol.js'
import { json } from './protocol.js'

const paths = /^\/api\/\d+\/(envelope|store)\/?$/

/** Root spans are what the application served, but for requests that it sent outside any other. */
const isEntry = (operation: unknown): boolean => operation !== 'http.client'

const countEvent = (count: ItemCount, event: Readonly<Record<string, unknown>>): void => {
  if (event['type'] === 'transaction') {
    const { op } = members(members(event['contexts'])['trace'])
    addSpan(count, { entry: isEntry(op), error: false })
    count.spans += elements(event['spans']).length
  } else if (event['exception'] !== undefined) count.errors += 1
  else count.logs += 1
}

/** Spans of version 9 and later, which are sent one by one. */
const countSpans = (count: ItemCount, items: readonly unknown[]): void => {
  for (const item of items) {
    const { is_segment: isRoot, attributes } = members(item)
    const operation = members(members(attributes)['sentry.op'])['value']
    addSpan(count, { entry: isRoot === true && isEntry(operation), error: false })
  }
}

const countItem = (count: ItemCount, type: unknown, payload: Buffer): void => {
  switch (type) {
    case 'transaction':
    case 'event': {
      countEvent(count, { ...members(parsed(payload)), type })
      return
    }
    case 'span': {
      const content = members(parsed(payload))
      countSpans(count, Array.isArray(content['items']) ? elements(content['items']) : [content])
      return
    }
    case 'log':
      count.logs += elements(members(parsed(payload))['items']).length
      return
    case 'trace_metric':
      count.metrics += elements(members(parsed(payload))['items']).length
      return
    case 'statsd':
      count.metrics += linesOf(payload).length
      return
    case 'metric_buckets':
      count.metrics += elements(parsed(payload)).length
      return
    default:
  }
}

/** An envelope is a line of its own, then items of a line and a payload, which ends with its length or with the line. */
const readEnvelope = (body: Buffer): ReceivedItems => {
  const count = noItems()
  let at = 0
  const take = (length: number | undefined): Buffer => {
    const line = body.indexOf(10, at)
    const end = length === undefined ? (line < 0 ? body.length : line) : at + length
    if (end > body.length) throw new RangeError('an item of an envelope is cut off')
    const part = body.subarray(at, end)
    at = end + 1
    return part
  }
  members(parsed(take(undefined)))
  while (at < body.length) {
    const head = take(undefined)
    if (head.length === 0) continue
    const { type, length } = members(parsed(head))
    countItem(count, type, take(typeof length === 'number' ? length : undefined))
  }
  return count
}

const readStored = (body: Buffer): ReceivedItems => {
  const count = noItems()
  countEvent(count, members(parsed(body)))
  return count
}

/** Sentry's relay. Errors are events with an exception, other events are logs. */
export const sentry: Protocol = {
  name: 'sentry',
  matches: ({ path, grpc }) => !grpc && paths.test(path),
  read: (body, { path }) => (path.includes('/store') ? readStored(body) : readEnvelope(body)),
  answer: () => json({}),
}
