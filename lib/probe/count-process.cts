import type * as Fs from 'node:fs'
import type { Reading } from './protocol.cjs'

const fs = require('node:fs') as typeof Fs

type ProcessCounts = Pick<Reading, 'rss' | 'threads' | 'descriptors' | 'children'>

/** Counters of the whole process, taken without the main thread. With `counted` false only placeholders. */
function countProcess(counted: boolean): ProcessCounts {
  if (!counted) return { rss: 0, threads: null, descriptors: null, children: null }
  const tasks = entriesOf('/proc/self/task')
  return {
    rss: process.memoryUsage.rss(),
    threads: tasks?.length ?? null,
    descriptors: entriesOf('/proc/self/fd')?.length ?? null,
    children: tasks === null ? null : countChildren(tasks),
  }
}

function entriesOf(folder: string): string[] | null {
  try {
    return fs.readdirSync(folder)
  } catch {
    // No such folder: not Linux.
    return null
  }
}

function countChildren(tasks: readonly string[]): number | null {
  let children: number | null = null
  for (const task of tasks) {
    let list: string
    try {
      list = fs.readFileSync(`/proc/self/task/${task}/children`, 'utf8')
    } catch {
      // A thread that ended meanwhile, or a kernel without such files, where the count stays unknown.
      continue
    }
    children = (children ?? 0) + list.split(' ').filter(pid => pid.trim() !== '').length
  }
  return children
}

export type CountProcess = typeof countProcess
module.exports = countProcess
