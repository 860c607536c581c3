import type * as Events from 'node:events'
import type * as DiagnosticsChannel from 'node:diagnostics_channel'

const { EventEmitter } = require('node:events') as typeof Events
const { subscribe, unsubscribe } = require('node:diagnostics_channel') as Partial<typeof DiagnosticsChannel>

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

// Both are missing before 16.17.

interface EntryImport {
  /** Whether the entry, or an `--import` preload before it, is still to be evaluated by the ECMAScript loader. */
  readonly pending: () => boolean
  /** Unsubscribes. */
  readonly stop: () => void
}

const channel = 'tracing:module.import'

/** Follows the import of the entry through Node's diagnostics channel, which exists from Node 22 on. */
function observeEntryImport(): EntryImport {
  let began = false
  let ended = false

  function onStart(message: unknown): void {
    if (isEntry(message) || isPreload(message)) began = true
  }
  function onEnd(message: unknown): void {
    if (isEntry(message)) ended = true
  }

  subscribe?.(`${channel}:start`, onStart)
  subscribe?.(`${channel}:asyncEnd`, onEnd)
  return {
    pending: () => began && !ended,
    stop: () => {
      unsubscribe?.(`${channel}:start`, onStart)
      unsubscribe?.(`${channel}:asyncEnd`, onEnd)
    },
  }
}

/** Nothing imports the entry. */
function isEntry(message: unknown): boolean {
  return (message as { parentURL?: string }).parentURL === undefined
}

/** The working folder imports what `--import` names. */
function isPreload(message: unknown): boolean {
  return (message as { parentURL?: string }).parentURL?.endsWith('/') === true
}

export type ObserveStart = typeof observeStart
module.exports = observeStart
