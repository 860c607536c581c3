import type { ReceivedItems } from '../../types/index.js'
import { addSpan, noItems, elements, linesOf, members, parsed } from '../items.js'
import type { Protocol } from './protocol.js'
import { json } from './protocol.js'

/** A list, or a line for each. */
const envelopes = (body: Buffer): readonly unknown[] => {
  const first = body.toString('latin1', 0, 64).trimStart()
  return first.startsWith('[')
    ? elements(parsed(body))
    : linesOf(body).map(line => JSON.parse(line) as unknown)
}

const read = (body: Buffer): ReceivedItems => {
  const count = noItems()
  for (const envelope of envelopes(body)) {
    const { baseType, baseData } = members(members(envelope)['data'])
    if (typeof baseType !== 'string') throw new TypeError('expected telemetry with a base type')
    if (baseType === 'RequestData') addSpan(count, { entry: true, error: false })
    else if (baseType === 'RemoteDependencyData') addSpan(count, { entry: false, error: false })
    else if (baseType === 'ExceptionData') count.errors += 1
    else if (baseType === 'MetricData') count.metrics += elements(members(baseData)['metrics']).length
    else if (baseType === 'MessageData') count.logs += 1
  }
  return count
}

/** Azure's Application Insights. Entries are request telemetry. */
export const applicationInsights: Protocol = {
  name: 'applicationinsights',
  matches: ({ path, grpc }) => !grpc && /^\/v2(\.1)?\/track$/.test(path),
  read,
  // Its agents compare the two numbers: unequal ones make them send again.
  answer: (_head, _body, items) => {
    const { spans, errors, metrics, logs } = items ?? noItems()
    const accepted = Math.max(1, spans + errors + metrics + logs)
    return json({ itemsReceived: accepted, itemsAccepted: accepted, errors: [] })
  },
}
