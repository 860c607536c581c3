import type { ReceivedItems } from '../../types/index.js'
import { noItems, elements, members, parsed } from '../items.js'
import type { Protocol, RequestHead } from './protocol.js'
import { json } from './protocol.js'

/** How often the agent sends its events; the service says a minute for metrics and five seconds for events. */
const reportPeriodMs = 5_000

const methodOf = ({ query }: RequestHead): string => query.get('method') ?? ''

/** Events are `[run, { events_seen }, events]`: seen are more than sent when the agent samples. */
const seen = (body: readonly unknown[]): number => {
  const { events_seen: count } = members(body[1])
  if (typeof count !== 'number') throw new TypeError('expected events_seen')
  return count
}

/** Spans that begin a transaction are known from the transaction's event already. */
const inner = (event: unknown): boolean => members(elements(event)[0])['nr.entryPoint'] !== true

const read = (body: Buffer, method: string): ReceivedItems | null => {
  const count = noItems()
  const content = (): readonly unknown[] => elements(parsed(body))
  switch (method) {
    case 'analytic_event_data':
      count.entries = seen(content())
      count.spans = count.entries
      return count
    case 'span_event_data':
      count.spans = elements(content()[2]).filter(inner).length
      return count
    case 'error_event_data':
      count.errors = seen(content())
      return count
    case 'metric_data':
      count.metrics = elements(content()[3]).length
      return count
    case 'log_event_data':
      for (const batch of content()) count.logs += elements(members(batch)['logs']).length
      return count
    default:
      // Errors come a second time in error_data, with their stacks.
      return null
  }
}

const connected = {
  agent_run_id: 'run',
  request_headers_map: {},
  event_harvest_config: {
    report_period_ms: reportPeriodMs,
    harvest_limits: {
      analytic_event_data: 833,
      custom_event_data: 83,
      error_event_data: 8,
      span_event_data: 166,
      log_event_data: 833,
    },
  },
  span_event_harvest_config: { report_period_ms: reportPeriodMs, harvest_limit: 166 },
}

const returned = (head: RequestHead): unknown => {
  switch (methodOf(head)) {
    case 'preconnect':
      // A host without a port would be taken for port 443.
      return { redirect_host: `localhost:${head.port}`, security_policies: {} }
    case 'connect':
      return connected
    default:
      return []
  }
}

/** New Relic's collector. Entries are transactions, those that its agent saw and did not send included. */
export const newrelic: Protocol = {
  name: 'newrelic',
  matches: ({ path, grpc }) => !grpc && path === '/agent_listener/invoke_raw_method',
  read: (body, head) => read(body, methodOf(head)),
  answer: head => json({ return_value: returned(head) }),
}
