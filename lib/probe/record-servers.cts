import type { AddressInfo, Server } from 'node:net'
import type * as Net from 'node:net'
import type { ListeningServer } from './protocol.cjs'
import type { CopyShape } from './copy-shape.cjs'
import type { KeepConnections } from './keep-connections.cjs'
import type { ReadCallers } from './read-callers.cjs'

const net = require('node:net') as typeof Net
const copyShape = require('./copy-shape.cjs') as CopyShape
const keepConnections = require('./keep-connections.cjs') as KeepConnections
const readCallers = require('./read-callers.cjs') as ReadCallers
const nowNs = process.hrtime.bigint.bind(process.hrtime)
const nextTick = process.nextTick.bind(process)

/** Calls of `listen()` that are kept; an application that opens servers again and again must not grow by it. */
const mostRecords = 64
/** A server that does not listen after this time, for example since its host name was being looked up, never will. */
const openingNs = 1_000_000_000n
/** Node's file that opens the shared ports of a cluster. It takes the handle away from its server. */
const clusterFile = 'node:internal/cluster/round_robin_handle'

type Listen = (this: Server, ...args: unknown[]) => Server

interface Handle {
  readonly fd?: number
  getsockname?(out: object): number
}

interface ServerRecord {
  readonly server: WeakRef<Server>
  readonly callers: readonly string[]
  readonly protocol: ListeningServer['protocol']
  readonly calledAt: bigint
  handle: WeakRef<Handle> | null
}

/** Notes every call of `listen()`, in order; the result tells, as JSON, which of those servers listen now. */
function recordServers(): () => string {
  let records: ServerRecord[] = []
  const prototype = net.Server.prototype as { listen: Listen }
  const original = prototype.listen

  function listen(this: Server, ...args: unknown[]): Server {
    const record = newRecord(this, listen)
    const result = Reflect.apply(original, this, args)
    if (record !== null && record.callers.includes(clusterFile)) {
      keepHandle(record)
      // With an address given, even a numeric one, the handle comes a tick later.
      if (record.handle === null) nextTick(keepHandle, record)
    }
    return result
  }

  function newRecord(server: Server, below: Listen): ServerRecord | null {
    if (records.length >= mostRecords) records = records.filter(isOfUse)
    if (records.length >= mostRecords) return null
    const record: ServerRecord = {
      server: new WeakRef(server),
      callers: readCallers(below),
      protocol: protocolOf(server),
      calledAt: nowNs(),
      handle: null,
    }
    records.push(record)
    if (record.protocol !== 'tcp') keepConnections(server)
    return record
  }

  copyShape(original, listen)
  prototype.listen = listen
  return () => JSON.stringify(records.flatMap(listening))
}

/** The servers that listen, of one record: none or one. */
function listening(record: ServerRecord): ListeningServer[] {
  const { callers, protocol } = record
  const address = addressOf(record)
  if (address === null) return []
  if (typeof address === 'string') return [{ port: 0, path: address, address: '', protocol, callers }]
  return [{ port: address.port, address: address.address, protocol, callers }]
}

function addressOf(record: ServerRecord): AddressInfo | string | null {
  const address = record.server.deref()?.address() ?? null
  if (address !== null) return address
  const out: Partial<AddressInfo> = {}
  const status = record.handle?.deref()?.getsockname?.(out)
  return status === 0 && out.port !== undefined ? (out as AddressInfo) : null
}

function keepHandle(record: ServerRecord): void {
  const handle = (record.server.deref() as { _handle?: Handle | null } | undefined)?._handle
  if (handle !== undefined && handle !== null) record.handle = new WeakRef(handle)
}

function isOfUse(record: ServerRecord): boolean {
  const server = record.server.deref()
  if (server?.listening === true || record.handle?.deref() !== undefined) return true
  return server !== undefined && nowNs() - record.calledAt < openingNs
}

/** Told by what only such servers have, since loading `http` or `tls` to compare classes would be seen in the heap. */
function protocolOf(server: Server): ListeningServer['protocol'] {
  if (!('headersTimeout' in server)) return 'tcp'
  return 'setSecureContext' in server ? 'https' : 'http'
}

export type RecordServers = typeof recordServers
module.exports = recordServers
