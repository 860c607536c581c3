import type { Protocol } from './protocol.js'
import { empty } from './protocol.js'

/** Grafana's Pyroscope. A profile tells what ran, and of no request: only requests and bytes are counted. */
export const pyroscope: Protocol = {
  name: 'pyroscope',
  matches: ({ path, method, grpc }) => !grpc && method === 'POST' && path === '/ingest',
  read: () => null,
  answer: () => empty(200),
}
