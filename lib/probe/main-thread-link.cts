import type * as Inspector from 'node:inspector'
import type * as WorkerThreads from 'node:worker_threads'
import type { RelayedMessage, WorkerData } from './main-thread.cjs'
import type { ProbeFailureClass } from './probe-failure.cjs'

const inspector = require('node:inspector') as typeof Inspector
const workerThreads = require('node:worker_threads') as typeof WorkerThreads
const ProbeFailure = require('./probe-failure.cjs') as ProbeFailureClass

/** Sends one inspector command to a thread. */
export type Post = <T>(method: string, parameters?: Readonly<Record<string, unknown>>) => Promise<T>

/** A session with the main thread's inspector. */
interface MainThreadSession {
  readonly post: Post
  /** @returns what ends it */
  readonly listen: (event: string, listener: (parameters: unknown) => void) => () => void
  /** Does nothing to a session that is held. */
  readonly close: () => void
}

const { relay } = workerThreads.workerData as WorkerData

// On Node 16 disconnecting aborts the process (an assertion in env.cc): there one session is held for life.
const holdsSession = relay !== null || Number(process.versions.node.split('.')[0]) < 18
let held: MainThreadSession | null = null

/** The session that is held for life, or a new one. */
function openSession(): MainThreadSession {
  if (!holdsSession) return connect()
  return (held ??= relay === null ? connect() : relayed(relay))
}

function connect(): MainThreadSession {
  const session = new inspector.Session()
  session.connectToMainThread()
  return {
    post: <T,>(method: string, parameters: object = {}) =>
      new Promise<T>((resolve, reject) => {
        session.post(method, parameters, (error: Error | null, result?: object) => {
          if (error === null) resolve(result as T)
          else reject(refusal(method, error.message))
        })
      }),
    listen: (event, listener) => {
      const onEvent = (message: { params: unknown }): void => {
        listener(message.params)
      }
      session.on(event, onEvent)
      return () => session.off(event, onEvent)
    },
    close: () => {
      if (!holdsSession) session.disconnect()
    },
  }
}

/** The session that the main thread has with itself, from here. */
function relayed(port: WorkerThreads.MessagePort): MainThreadSession {
  const waiting = new Map<number, (message: { error: string | null; result: object }) => void>()
  const listeners = new Set<{ event: string; listener: (parameters: unknown) => void }>()
  let lastId = 0
  port.on('message', (message: RelayedMessage) => {
    if ('event' in message) {
      for (const { event, listener } of listeners) if (event === message.event) listener(message.parameters)
      return
    }
    waiting.get(message.id)?.(message)
    waiting.delete(message.id)
  })
  port.unref()
  return {
    post: <T,>(method: string, parameters: object = {}) =>
      new Promise<T>((resolve, reject) => {
        const id = ++lastId
        waiting.set(id, ({ error, result }) => {
          if (error === null) resolve(result as T)
          else reject(refusal(method, error))
        })
        port.postMessage({ id, method, parameters })
      }),
    listen: (event, listener) => {
      const entry = { event, listener }
      listeners.add(entry)
      return () => listeners.delete(entry)
    },
    close: () => undefined,
  }
}

function refusal(method: string, message: string): Error {
  return new ProbeFailure('ERR_PROBE_FAILED', `The inspector refused ${method}: ${message}`)
}

export interface MainThreadLink {
  readonly holdsSession: boolean
  readonly openSession: typeof openSession
}
module.exports = { holdsSession, openSession } satisfies MainThreadLink
