/**
 * An audit log: who asked for what, written in batches. It leaks: records are marked as written, but never removed
 * from the trail, and each holds its request.
 */
import type * as Http from 'node:http'
import type { OnRequest } from './on-request.cjs'

const onRequest = require('./on-request.cjs') as OnRequest

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

onRequest((request, response) => {
  response.once('finish', () => {
    trail.push({ at: new Date(), request, status: response.statusCode, written: false })
    if (trail.length % BATCH_SIZE === 0) write()
  })
})
