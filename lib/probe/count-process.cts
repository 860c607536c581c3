import type * as Fs from 'node:fs'
import type { Descendant, ProcessCounts } from './protocol.cjs'

const fs = require('node:fs') as typeof Fs

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
      found.push({ pid, parent, name, ...countsOf(String(pid)) })
      waiting.push(pid)
    }
  }
  return found
}

function countsOf(process: string): ProcessCounts {
  return {
    rss: residentBytes(process),
    threads: entriesOf(`/proc/${process}/task`)?.length ?? null,
    descriptors: entriesOf(`/proc/${process}/fd`)?.length ?? null,
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

function residentBytes(process: string): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(textOf(`/proc/${process}/status`) ?? '')?.[1]
  return 1024 * Number(kilobytes ?? 0)
}

function entriesOf(folder: string): string[] | null {
  try {
    return fs.readdirSync(folder)
  } catch {
    // No such folder: not Linux, another user's process, or one that has ended.
    return null
  }
}

function textOf(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    // The same.
    return null
  }
}

export type CountProcess = typeof countProcess
export type CountDescendants = typeof countDescendants
module.exports = { countProcess, countDescendants }
