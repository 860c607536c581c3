import type { ReceivedItems } from '../../types/index.js'
import { addSpan, noItems, linesOf, members } from '../items.js'
import type { Protocol } from './protocol.js'
import { empty, json } from './protocol.js'

const kindOf = /^\{"(\w+)":.*\}$/

/** Types of transactions that the agent gives to what the application served. */
const entryTypes: ReadonlySet<unknown> = new Set(['request', 'messaging'])

const read = (body: Buffer): ReceivedItems => {
  const count = noItems()
  for (const line of linesOf(body)) {
    const kind = kindOf.exec(line)?.[1]
    if (kind === undefined) throw new TypeError('expected an object on every line')
    // Only what has to be looked into is parsed: spans carry long stack traces.
    const content = (): Readonly<Record<string, unknown>> =>
      members(members(JSON.parse(line) as unknown)[kind])
    if (kind === 'span') count.spans += 1
    else if (kind === 'transaction')
      addSpan(count, { entry: entryTypes.has(content()['type']), error: false })
    else if (kind === 'error') count.errors += 1
    else if (kind === 'metricset') count.metrics += Object.keys(members(content()['samples'])).length
    else if (kind === 'log') count.logs += 1
  }
  return count
}

/** Elastic APM's intake. Entries are transactions of the types request and messaging. */
export const elastic: Protocol = {
  name: 'elastic',
  matches: ({ path, headers, grpc }) =>
    !grpc &&
    (path.startsWith('/intake/') ||
      path.startsWith('/config/v1/agents') ||
      (path === '/' && /^(apm-agent-|elasticapm)/.test(headers['user-agent'] ?? ''))),
  read: (body, { path }) => (path.startsWith('/intake/v2/') ? read(body) : null),
  answer: ({ path }) => {
    if (path === '/') return json({ version: '8.12.0' })
    return empty(path.startsWith('/intake/') ? 202 : 304)
  },
}
