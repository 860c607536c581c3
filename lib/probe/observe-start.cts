import type * as Events from 'node:events'
import type { ObserveEntryImport } from './observe-entry-import.cjs'

const { EventEmitter } = require('node:events') as typeof Events
const observeEntryImport = require('./observe-entry-import.cjs') as ObserveEntryImport
const { setImmediate, setInterval, clearInterval } = globalThis

interface ProcessEvents {
  readonly listeners: (this: NodeJS.Process, event: string) => { readonly name: string }[]
}

const { listeners } = EventEmitter.prototype as ProcessEvents
// Node before 17.3 has none.
const getActiveResourcesInfo = (process as { getActiveResourcesInfo?: () => string[] }).getActiveResourcesInfo

const tickMs = 50
/** An entry that has waited for so many ticks, without a file being read, has started and awaits something at top level. */
const quietTicks = 20
/** Node before 22 listens for `exit` with a function of this name as long as an ECMAScript entry loads and runs. */
const entryPending = 'handleProcessExit'

/**
 * Tells whether the entry's start is over: a CommonJS entry has run and the event loop turned since, an ECMAScript
 * entry was evaluated or waits at a top-level `await` for a second.
 */
function observeStart(): () => boolean {
  const entryImport = observeEntryImport()
  let over = false
  let quiet = 0

  function check(): void {
    const pending =
      entryImport.pending() || listeners.call(process, 'exit').some(({ name }) => name === entryPending)
    if (over || (pending && quiet < quietTicks)) return
    over = true
    entryImport.stop()
    clearInterval(ticking)
  }

  const ticking = setInterval(() => {
    const readsFiles = getActiveResourcesInfo?.().some(type => type.startsWith('FSReq')) === true
    quiet = readsFiles ? 0 : quiet + 1
    check()
  }, tickMs)
  ticking.unref()
  Object.assign(ticking, { isOfProbe: true })
  setImmediate(check).unref()
  // Evaluated from outside, at any moment: in the middle of Node running its timers, clearing one would crash it.
  return () => over
}

export type ObserveStart = typeof observeStart
module.exports = observeStart
