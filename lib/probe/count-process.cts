import type * as Fs from 'node:fs'
import type * as Path from 'node:path'
import type { Descendant, ProcessCounts } from './protocol.cjs'
import type { ReadProc } from './read-proc.cjs'

const fs = require('node:fs') as typeof Fs
const path = require('node:path') as typeof Path
const { entriesOf, textOf } = require('./read-proc.cjs') as ReadProc

/** Counters of the whole process, taken without the main thread. */
function countProcess(): ProcessCounts {
  return { ...countsOf('self'), rss: process.memoryUsage.rss() }
}

/**
 * All processes below this one, without those that have ended and wait for their parent to notice. `null` where the system
 * does not tell (only Linux does, and not every kernel).
 */
function countDescendants(): Descendant[] | null {
  const found: Descendant[] = []
  const waiting = [process.pid]
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    const children = childrenOf(parent)
    if (children === null) {
      if (parent === process.pid) return null
      continue
    }
    for (const pid of children) {
      const name = nameOf(pid)
      if (name === null) continue
      found.push({ pid, parent, name, isNode: isNode(pid), ...countsOf(String(pid)) })
      waiting.push(pid)
    }
  }
  return found
}

function countsOf(id: string): ProcessCounts {
  return {
    rss: residentBytes(id),
    threads: entriesOf(`/proc/${id}/task`)?.length ?? null,
    descriptors: entriesOf(`/proc/${id}/fd`)?.length ?? null,
  }
}

function childrenOf(pid: number): number[] | null {
  let children: number[] | null = null
  for (const task of entriesOf(`/proc/${String(pid)}/task`) ?? []) {
    const list = textOf(`/proc/${String(pid)}/task/${task}/children`)
    // A thread that ended meanwhile, or a kernel without such files.
    if (list === null) continue
    children ??= []
    children.push(
      ...list
        .split(' ')
        .filter(child => child.trim() !== '')
        .map(Number),
    )
  }
  return children
}

/** `null` for a process that has ended. */
function nameOf(pid: number): string | null {
  const status = textOf(`/proc/${String(pid)}/status`)
  if (status === null || /^State:\s+[ZX]/m.test(status)) return null
  return /^Name:\s+(.*)$/m.exec(status)?.[1] ?? String(pid)
}

function isNode(pid: number): boolean {
  try {
    const file = fs.readlinkSync(`/proc/${String(pid)}/exe`)
    return file === process.execPath || path.basename(file) === 'node'
  } catch {
    // It has ended, or is another user's.
    return false
  }
}

function residentBytes(id: string): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(textOf(`/proc/${id}/status`) ?? '')?.[1]
  return 1024 * Number(kilobytes ?? 0)
}

export type CountProcess = typeof countProcess
export type CountDescendants = typeof countDescendants
module.exports = { countProcess, countDescendants }
