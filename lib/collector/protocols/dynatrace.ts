import type { Protocol } from './protocol.js'
import { empty, json } from './protocol.js'

const connection = '/api/v1/deployment/installer/agent/connectioninfo'

/** Dynatrace's cluster. What OneAgent sends is in a form of its own: only requests and bytes are counted. */
export const dynatrace: Protocol = {
  name: 'dynatrace',
  matches: ({ path, grpc }) => !grpc && (path === connection || /^\/communication\b/.test(path)),
  read: () => null,
  answer: ({ path, port }) =>
    path === connection
      ? json({
          tenantUUID: 'tenant',
          tenantToken: 'token',
          communicationEndpoints: [`http://127.0.0.1:${port}/communication`],
        })
      : empty(200),
}
