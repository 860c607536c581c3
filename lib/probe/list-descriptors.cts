import type * as Fs from 'node:fs'
import type { OpenResource } from './protocol.cjs'
import type { ReadProc } from './read-proc.cjs'

const fs = require('node:fs') as typeof Fs
const { entriesOf } = require('./read-proc.cjs') as ReadProc
const { textOf } = require('./read-proc.cjs') as ReadProc

/** What the descriptors of this process lead to; nothing where the system does not tell. */
function listDescriptors(): Omit<OpenResource, 'count'>[] {
  const targets = (entriesOf('/proc/self/fd') ?? []).map(targetOf)
  const inodes = new Set(targets.map(inodeOf).filter(inode => inode !== null))
  const sockets = inodes.size === 0 ? new Map<string, string | null>() : readSockets(inodes)
  return targets.flatMap((target): Omit<OpenResource, 'count'>[] => {
    if (target === null || /^\/proc\/\d+\/fd$/.test(target)) return []
    const inode = inodeOf(target)
    if (inode === null) return [{ kind: 'descriptor', what: nameOf(target) }]
    const peer = sockets.get(inode)
    // It only listens.
    if (peer === null) return []
    return [{ kind: 'socket', what: peer ?? 'not connected' }]
  })
}

function inodeOf(target: string | null): string | null {
  return /^socket:\[(\d+)\]$/.exec(target ?? '')?.[1] ?? null
}

function nameOf(target: string): string {
  const special = /^(?:anon_inode:\[?|\/)?(pipe|memfd|[\w-]+)(?::.*|\])?$/.exec(target)
  if (special !== null && !target.startsWith('/')) return special[1] ?? target
  if (target.startsWith('/memfd:')) return 'memfd'
  return target.replace(/ \(deleted\)$/, '')
}

function targetOf(descriptor: string): string | null {
  try {
    return fs.readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    // Closed meanwhile.
    return null
  }
}

const states: Readonly<Record<string, string>> = {
  '01': 'established',
  '02': 'connecting',
  '03': 'connecting',
  '04': 'closing',
  '05': 'closing',
  '06': 'closing',
  '07': 'closed',
  '08': 'closed by the peer',
  '09': 'closing',
  '0A': 'listening',
  '0B': 'closing',
}

interface Entry {
  readonly inode: string
  readonly localPort: number
  readonly peer: string
  readonly state: string
}

/**
 * What these sockets are connected with, by inode; `null` for those that listen. Connections that came in are told by the port that they
 * came in on, as their peers' ports differ.
 */
function readSockets(inodes: ReadonlySet<string>): Map<string, string | null> {
  const entries = [
    ...inetEntries('tcp'),
    ...inetEntries('tcp6'),
    ...inetEntries('udp'),
    ...inetEntries('udp6'),
  ].filter(({ inode }) => inodes.has(inode))
  const ports = new Set(
    entries.filter(({ state }) => state === 'listening').map(({ localPort }) => localPort),
  )
  const found = new Map<string, string | null>(unixEntries().filter(([inode]) => inodes.has(inode)))
  for (const { inode, localPort, peer, state } of entries) {
    if (state === 'listening') found.set(inode, null)
    else if (ports.has(localPort)) found.set(inode, `clients of port ${String(localPort)} (${state})`)
    else found.set(inode, `${peer} (${state})`)
  }
  return found
}

function inetEntries(protocol: 'tcp' | 'tcp6' | 'udp' | 'udp6'): Entry[] {
  const lines = (textOf(`/proc/self/net/${protocol}`) ?? '').split('\n').slice(1)
  return lines.flatMap(line => {
    const fields = line.trim().split(/\s+/)
    const [, local = '', remote = '', code = ''] = fields
    const inode = fields[9]
    if (inode === undefined) return []
    const isUdp = protocol.startsWith('udp')
    const state = isUdp ? 'udp' : (states[code] ?? code)
    return [
      { inode, localPort: portOf(local), peer: `${addressOf(remote)}:${String(portOf(remote))}`, state },
    ]
  })
}

function portOf(field: string): number {
  return parseInt(field.split(':')[1] ?? '', 16)
}

/** Words of four bytes in the order of the machine, which is the small end first wherever Node runs. */
function addressOf(field: string): string {
  const bytes = Buffer.from(field.split(':')[0] ?? '', 'hex')
  if (bytes.length % 4 === 0) bytes.swap32()
  if (bytes.length === 4) return [...bytes].join('.')
  const isMapped = bytes.subarray(0, 12).equals(Buffer.from('00000000000000000000ffff', 'hex'))
  if (isMapped) return [...bytes.subarray(12)].join('.')
  const groups = Array.from({ length: bytes.length / 2 }, (_, index) =>
    bytes.readUInt16BE(2 * index).toString(16),
  )
  return `[${groups.join(':').replace(/(?:^|:)0(?::0)+(?::|$)/, '::')}]`
}

/** Inode and path, `null` for those that listen. */
function unixEntries(): [string, string | null][] {
  const lines = (textOf('/proc/self/net/unix') ?? '').split('\n').slice(1)
  return lines.flatMap((line): [string, string | null][] => {
    const [, , , flags = '', , , inode, path] = line.trim().split(/\s+/)
    if (inode === undefined) return []
    const listens = (parseInt(flags, 16) & 0x10000) !== 0
    return [[inode, listens ? null : `unix ${path ?? 'socket'}`]]
  })
}

export type ListDescriptors = typeof listDescriptors
module.exports = listDescriptors
