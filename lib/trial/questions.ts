import type { JsonLines } from '../system/json-lines.js'
import type { HttpRequest } from '../types/workload.js'
import { localError, type FromHost, type Question, type ToHost, type Caller } from './messages.js'

/** What trials ask of the caller, over the channel of their host. */
export interface Questions {
  /** The caller, as one trial speaks to it. What it asks rejects when the caller is gone. */
  callerOf(trial: number): Caller
  answered(answer: ToHost & { readonly type: 'answer' }): void
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** @param everything aborted when all trials are to end, which withdraws their questions */
export function openQuestions(channel: JsonLines<ToHost, FromHost>, everything: AbortSignal): Questions {
  const asked = new Map<number, Waiting>()
  let lastId = 0
  let gone: Error | null = null

  channel.onClose(cause => {
    gone = new Error('the caller is gone', cause === null ? undefined : { cause })
    for (const { reject } of asked.values()) reject(gone)
    asked.clear()
  })

  const ask = async (trial: number, question: Question, signal: AbortSignal): Promise<unknown> => {
    if (gone !== null) throw gone
    const id = ++lastId
    const cancel = (): void => {
      channel.send({ type: 'cancel', trial, id })
    }
    signal.addEventListener('abort', cancel, { once: true })
    try {
      return await new Promise((resolve, reject) => {
        asked.set(id, { resolve, reject })
        channel.send({ type: 'ask', trial, id, question })
      })
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  return {
    callerOf: trial => ({
      ready(url) {
        channel.send({ type: 'ready', trial, url })
      },
      answered(answers) {
        channel.send({ type: 'answered', trial, answers })
      },
      sample(sample) {
        channel.send({ type: 'sample', trial, sample })
      },
      turn: async () => {
        await ask(trial, { kind: 'turn' }, everything)
      },
      idle() {
        channel.send({ type: 'idle', trial })
      },
      workload: async (question, signal) => {
        await ask(trial, { kind: 'workload', ...question }, signal)
      },
      isReady: async question => (await ask(trial, { kind: 'ready', ...question }, everything)) !== false,
      requests: async (index, operations) =>
        (await ask(trial, { kind: 'requests', index, operations }, everything)) as HttpRequest[],
      count: async (output, signal) => ask(trial, { kind: 'count', output }, signal),
    }),
    answered({ id, value, error }) {
      const waiting = asked.get(id)
      asked.delete(id)
      if (error) waiting?.reject(localError(error))
      else waiting?.resolve(value)
    },
  }
}
