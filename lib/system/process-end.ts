import type { ChildProcess } from 'node:child_process'
import { realTime } from './real-time.js'

/** How a process ended. */
export interface Exit {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

/** The two moments at which a process ends. */
export interface ProcessEnd {
  /** Resolves when the process itself has ended; the last that it wrote may not have been read yet. */
  readonly exited: Promise<Exit>
  /** Resolves when that has been read too, or a second later where something that it started keeps its output open. */
  readonly closed: Promise<Exit>
}

const GRACE_TURNS = 10
const GRACE_TURN_MS = 100

/** The end of a process that was just spawned; its output has to be read by somebody. */
export function processEnd(child: ChildProcess): ProcessEnd {
  const exited = new Promise<Exit>(resolve => {
    child.once('exit', (exitCode, signal) => {
      resolve({ exitCode, signal })
    })
  })
  let isClosed = false
  const drained = new Promise<void>(resolve => {
    child.once('close', () => {
      isClosed = true
      resolve()
    })
  })
  // In turns: a timer alone may be over before a busy process has read anything.
  const grace = async (): Promise<void> => {
    for (let turn = 0; turn < GRACE_TURNS && !isClosed; turn++) await realTime.delay(GRACE_TURN_MS)
  }
  return {
    exited,
    closed: exited.then(async exit => {
      await Promise.race([drained, grace()])
      return exit
    }),
  }
}
