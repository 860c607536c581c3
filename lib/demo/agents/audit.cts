/**
 * An audit log: who asked for what, written in batches. It leaks: records are marked as written, but never removed
 * from the trail, and each holds its request.
 */
import type * as Http from 'node:http'

const http = require('node:http') as typeof Http

interface AuditRecord {
  readonly at: Date
  readonly request: Http.IncomingMessage
  readonly status: number
  written: boolean
}

const BATCH_SIZE = 100
const trail: AuditRecord[] = []

function write(): void {
  for (const record of trail.slice(-BATCH_SIZE)) record.written = true
}

const emit = http.Server.prototype.emit
http.Server.prototype.emit = function (
  this: Http.Server,
  event: string | symbol,
  ...args: unknown[]
): boolean {
  if (event === 'request') {
    const [request, response] = args as [Http.IncomingMessage, Http.ServerResponse]
    response.once('finish', () => {
      trail.push({ at: new Date(), request, status: response.statusCode, written: false })
      if (trail.length % BATCH_SIZE === 0) write()
    })
  }
  return Reflect.apply(emit, this, [event, ...args]) as boolean
}
