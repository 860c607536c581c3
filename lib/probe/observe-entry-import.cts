import type * as DiagnosticsChannel from 'node:diagnostics_channel'

// Both are missing before 16.17.
const { subscribe, unsubscribe } = require('node:diagnostics_channel') as Partial<typeof DiagnosticsChannel>

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

export type ObserveEntryImport = typeof observeEntryImport
module.exports = observeEntryImport
