import type { AddressInfo, Server, Socket } from 'node:net'
import type * as Net from 'node:net'
import type { ListeningServer } from './protocol.cjs'
import type { CopyShape } from './copy-shape.cjs'
import type { EventEmitter } from 'node:events'
import type * as Path from 'node:path'
import type * as Url from 'node:url'

const net = require('node:net') as typeof Net
const copyShape = require('./copy-shape.cjs') as CopyShape
const { fileURLToPath } = require('node:url') as typeof Url
const path = require('node:path') as typeof Path

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
    if (record.protocol === 'http' || record.protocol === 'https') keepConnections(server)
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
  const isSecure = 'setSecureContext' in server
  if (!('headersTimeout' in server)) return isSecure ? 'tls' : 'tcp'
  return isSecure ? 'https' : 'http'
}

const setImmediate = globalThis.setImmediate.bind(globalThis)

/** What Node's http has in its sockets. */
interface HttpSocket extends Socket {
  readonly parser?: { readonly incoming?: EventEmitter | null } | null
  readonly _httpMessage?: EventEmitter | null
}

const known = new WeakSet<Server>()

/**
 * Lets a server of Node's http close a connection that was idle for too long only where nothing has arrived on it meanwhile. A main thread
 * that was stopped for seconds, by a collection perhaps, sees that time is over before it sees what has arrived: all connections would
 * close, and take along what they hold. Otherwise it does as Node does where nobody listens.
 */
function keepConnections(server: Server): void {
  const onTimeout = (socket: HttpSocket): void => {
    const listens = (emitter: EventEmitter | null | undefined): boolean =>
      (emitter?.listenerCount('timeout') ?? 0) > 0
    if (
      server.listenerCount('timeout') > 1 ||
      listens(socket.parser?.incoming) ||
      listens(socket._httpMessage)
    )
      return
    const { bytesRead } = socket
    // After what has arrived was read.
    setImmediate(() => {
      if (socket.bytesRead === bytesRead) socket.destroy()
    })
  }
  if (known.has(server)) return
  known.add(server)
  server.on('timeout', onTimeout)
}

const deepestFrames = 50

/** Files on the call stack above `below`, innermost first: absolute paths and `node:` names, neighbours once. */
function readCallers(below: (...args: never[]) => unknown): string[] {
  const files: string[] = []
  for (const site of callSites(below)) {
    const name = site.getFileName() ?? null
    if (name === null || name === '') continue
    const file = name.startsWith('file:') ? fileURLToPath(name) : name
    if (file !== files[files.length - 1] && path.dirname(file) !== __dirname) files.push(file)
  }
  return files
}

function callSites(below: (...args: never[]) => unknown): readonly NodeJS.CallSite[] {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  const target: { stack?: unknown } = {}
  try {
    Error.stackTraceLimit = deepestFrames
    Error.prepareStackTrace = (_error, sites) => sites
    Error.captureStackTrace(target, below)
    return Array.isArray(target.stack) ? (target.stack as NodeJS.CallSite[]) : []
  } finally {
    restore('stackTraceLimit', limit)
    restore('prepareStackTrace', prepare)
  }
}

function restore(
  key: 'stackTraceLimit' | 'prepareStackTrace',
  descriptor: PropertyDescriptor | undefined,
): void {
  if (descriptor === undefined) Reflect.deleteProperty(Error, key)
  else Object.defineProperty(Error, key, descriptor)
}

export type RecordServers = typeof recordServers
module.exports = recordServers
