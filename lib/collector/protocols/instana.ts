import type { ReceivedItems } from '../../types/index.js'
import { addSpan, noItems, elements, members, parsed } from '../items.js'
import type { Answer, Protocol } from './protocol.js'
import { empty, json } from './protocol.js'

const prefix = '/com.instana.'
const discovery = '/com.instana.plugin.nodejs.discovery'

/** Kind of a span that begins in this process: 1 entry, 2 exit, 3 between. */
const entryKind = 1

const readSpans = (body: Buffer): ReceivedItems => {
  const count = noItems()
  const content = parsed(body)
  for (const span of Array.isArray(content) ? elements(content) : elements(members(content)['spans'])) {
    const { k: kind, ec: errors } = members(span)
    addSpan(count, { entry: kind === entryKind, error: typeof errors === 'number' && errors > 0 })
  }
  return count
}

/** Measurements have no form of their own: every number in the message is one. */
const numbersIn = (value: unknown): number => {
  if (typeof value === 'number') return 1
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((sum: number, part: unknown) => sum + numbersIn(part), 0)
}

/** The agent takes the process id that it is given, and no `agentUuid` makes it a stranger to its own spans. */
const discovered = (body: Buffer): Answer => {
  let pid: unknown
  try {
    pid = members(parsed(body))['pid']
  } catch {
    // What cannot be read is counted as such; the agent still gets an answer that it understands.
  }
  return json({ pid: typeof pid === 'number' ? pid : 0, agentUuid: '00:00:00:00:00:00:00:00' })
}

/** Instana's host agent. */
export const instana: Protocol = {
  name: 'instana',
  // It does not tell its name when it looks for its agent.
  matches: ({ path, method, headers, grpc }) =>
    !grpc &&
    (path.startsWith(prefix) ||
      path === '/tracermetrics' ||
      (path === '/' && method === 'GET' && headers['user-agent'] === undefined)),
  read: (body, { path, method }) => {
    if (path === discovery) {
      members(parsed(body))
      return null
    }
    if (path.startsWith('/com.instana.plugin.nodejs/traces.')) return readSpans(body)
    if (method === 'POST' && /^\/com\.instana\.plugin\.nodejs\.\d+$/.test(path)) {
      return { ...noItems(), metrics: numbersIn(parsed(body)) }
    }
    return null
  },
  answer: ({ path, method }, body) => {
    if (path === '/') {
      const { status, headers, body: text } = json({ version: '1.1.999' })
      return { status, headers: { ...headers, server: 'Instana Agent' }, body: text }
    }
    if (path === discovery) return discovered(body)
    return method === 'HEAD' ? empty(200) : json([])
  },
}
