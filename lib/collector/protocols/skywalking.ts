import type { ReceivedItems } from '../../types/index.js'
import type { ItemCount } from '../items.js'
import { addSpan, noItems } from '../items.js'
import { eachField, eachMessage } from '../protobuf.js'
import type { Protocol } from './protocol.js'
import { empty } from './protocol.js'

/** With the package of version 3, or with none as before. */
const services = /^\/(?:skywalking\.v3\.)?(\w+)\/(\w+)$/
const known: ReadonlySet<string | undefined> = new Set([
  'TraceSegmentReportService',
  'ManagementService',
  'MeterReportService',
  'JVMMetricReportService',
  'CLRMetricReportService',
  'LogReportService',
  'EventService',
  'ProfileTask',
  'ConfigurationDiscoveryService',
])

/** Type of a span: 0 entry, which is not written, 1 exit, 2 local. */
const countSpan = (count: ItemCount, span: Buffer): void => {
  let type: number | undefined
  let error: number | undefined
  eachField(span, ({ number, value }) => {
    if (number === 8) type = value
    else if (number === 11) error = value
  })
  addSpan(count, { entry: (type ?? 0) === 0, error: error === 1 })
}

const read = (
  message: Buffer,
  service: string | undefined,
  method: string | undefined,
): ReceivedItems | null => {
  const count = noItems()
  if (service === 'TraceSegmentReportService') {
    const path = method === 'collectInSync' ? [1, 3] : [3]
    eachMessage(message, path, span => countSpan(count, span))
  } else if (service === 'MeterReportService') {
    if (method === 'collectBatch') eachMessage(message, [1], () => (count.metrics += 1))
    else count.metrics = 1
  } else if (service === 'LogReportService') count.logs = 1
  else return null
  return count
}

/** SkyWalking's OAP over gRPC. */
export const skywalking: Protocol = {
  name: 'skywalking',
  matches: ({ path, grpc }) => grpc && known.has(services.exec(path)?.[1]),
  read: (message, { path }) => {
    const [, service, method] = services.exec(path) ?? []
    return read(message, service, method)
  },
  answer: () => empty(200),
}
