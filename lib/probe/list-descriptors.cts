import type * as Fs from 'node:fs'
import type { OpenResource } from './protocol.cjs'
import type { ReadProc } from './read-proc.cjs'
import type { SocketTable } from './socket-table.cjs'

const fs = require('node:fs') as typeof Fs
const { entriesOf } = require('./read-proc.cjs') as ReadProc
const readSockets = require('./socket-table.cjs') as SocketTable

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

export type ListDescriptors = typeof listDescriptors
module.exports = listDescriptors
