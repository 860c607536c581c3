import type { WithMainThread } from './main-thread-session.cjs'
import type { MainThread, MainThreadName } from './main-thread.cjs'
import type { PendingTimers } from './protocol.cjs'
import type { QueryObjects } from './query-objects.cjs'

const queryObjects = require('./query-objects.cjs') as QueryObjects
const withMainThread = require('./main-thread-session.cjs') as WithMainThread

const name: MainThreadName = '__isolateLeakProbe'
const method: keyof MainThread = 'prototypes'
/** Delays of one group differ by a quarter at most. */
const ratio = 1.25

/** Timers of the main thread that will go off once, by their delays, ascending. */
async function pendingTimers(timeoutMs: number): Promise<readonly PendingTimers[]> {
  return withMainThread(timeoutMs, async post => {
    return (await queryObjects(post, `${name}.${method}().timers`, groupsOf, ratio)) ?? []
  })
}

/** What Node's timers have, of every version. */
interface Timer {
  readonly _idleTimeout?: unknown
  readonly _repeat?: unknown
  readonly _destroyed?: unknown
}

/** Runs in the application, on an array of what was found. */
function groupsOf(this: readonly Timer[], ratio: number): PendingTimers[] {
  const groups = new Map<number, { delayMs: number; count: number }>()
  for (const { _idleTimeout: delay, _repeat: repeat, _destroyed: isOver } of this) {
    if (isOver === true || typeof delay !== 'number' || delay < 1) continue
    if (repeat !== null && repeat !== undefined) continue
    const key = Math.floor(Math.log(delay) / Math.log(ratio))
    const group = groups.get(key) ?? { delayMs: 0, count: 0 }
    groups.set(key, { delayMs: Math.max(delay, group.delayMs), count: group.count + 1 })
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group)
}

export type PendingTimersOf = typeof pendingTimers
module.exports = pendingTimers
