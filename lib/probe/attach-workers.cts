import type * as WorkerThreads from 'node:worker_threads'
import type { Post } from './main-thread-link.cjs'
import type { Listen } from './main-thread-session.cjs'
import type { ProbeFailureClass } from './probe-failure.cjs'

const { threadId: ownId } = require('node:worker_threads') as typeof WorkerThreads
const ProbeFailure = require('./probe-failure.cjs') as ProbeFailureClass

interface Target {
  readonly sessionId: string
  readonly workerInfo: { readonly title: string; readonly url: string }
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface Notification {
  readonly method: string
  readonly params: unknown
}

interface Listener {
  readonly method: string
  readonly listener: (parameters: unknown) => void
}

/** A Worker of the application, with a session of its own. */
export interface WorkerThread {
  /** Its `threadId`. */
  readonly id: number
  /** Of its script; empty for code that was handed over as text. */
  readonly url: string
  readonly post: Post
  readonly listen: Listen
  readonly hasEnded: () => boolean
}

export interface AttachedWorkers {
  readonly threads: readonly WorkerThread[]
  /** Those that run now, where the session goes on. */
  readonly current: () => WorkerThread[]
  readonly detach: () => Promise<void>
}

/**
 * Attaches to all Workers that run, those that Workers started among them. Left out are the probe's own and those that
 * Node itself runs loaders in.
 */
async function attachWorkers(post: Post, listen: Listen): Promise<AttachedWorkers> {
  const targets: Target[] = []
  const ended = new Set<string>()
  const waiting = new Map<number, (answer: Answer | null) => void>()
  const sessionOf = new Map<number, string>()
  const listeners = new Map<string, Listener[]>()
  let lastId = 0

  listen('NodeWorker.attachedToWorker', target => targets.push(target as Target))
  listen('NodeWorker.detachedFromWorker', event => {
    const { sessionId } = event as { sessionId: string }
    ended.add(sessionId)
    for (const [id, session] of sessionOf) if (session === sessionId) settle(id, null)
  })
  listen('NodeWorker.receivedMessageFromWorker', event => {
    const { sessionId, message } = event as { sessionId: string; message: string }
    const said = JSON.parse(message) as Answer | Notification
    if ('id' in said) {
      settle(said.id, said)
      return
    }
    for (const { method, listener } of listeners.get(sessionId) ?? []) {
      if (method === said.method) listener(said.params)
    }
  })

  function settle(id: number, answer: Answer | null): void {
    waiting.get(id)?.(answer)
    waiting.delete(id)
    sessionOf.delete(id)
  }

  async function ask(sessionId: string, method: string, params: object): Promise<unknown> {
    const id = ++lastId
    const answered = new Promise<Answer | null>(resolve => waiting.set(id, resolve))
    sessionOf.set(id, sessionId)
    if (ended.has(sessionId)) settle(id, null)
    else
      await post('NodeWorker.sendMessageToWorker', {
        sessionId,
        message: JSON.stringify({ id, method, params }),
      })
    const answer = await answered
    if (answer === null) throw new ProbeFailure('ERR_PROBE_FAILED', 'The Worker has ended')
    const { error, result } = answer
    if (error !== undefined) {
      throw new ProbeFailure('ERR_PROBE_FAILED', `The inspector refused ${method}: ${error.message}`)
    }
    return result
  }

  await post('NodeWorker.enable', { waitForDebuggerOnStart: false })
  // Nobody is told of a Worker that starts from here on.
  const attached = [...targets]
  return {
    threads: attached.flatMap(threadOf),
    current: () => targets.filter(({ sessionId }) => !ended.has(sessionId)).flatMap(threadOf),
    detach: async () => {
      await post('NodeWorker.disable')
      for (const { sessionId } of targets) {
        if (!ended.has(sessionId)) await post('NodeWorker.detach', { sessionId })
      }
    },
  }

  function threadOf({ sessionId, workerInfo: { title, url } }: Target): WorkerThread[] {
    // `Worker 2`, from Node 18 on `[worker 2] name`.
    const id = Number(/\d+/.exec(title)?.[0])
    if (id === ownId || url.startsWith('node:internal/')) return []
    return [
      {
        id,
        url,
        post: async <T,>(method: string, parameters: object = {}) =>
          (await ask(sessionId, method, parameters)) as T,
        listen: (method, listener) => {
          listeners.set(sessionId, [...(listeners.get(sessionId) ?? []), { method, listener }])
        },
        hasEnded: () => ended.has(sessionId),
      },
    ]
  }
}

export type AttachWorkers = typeof attachWorkers
module.exports = attachWorkers
