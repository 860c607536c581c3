import type { FoundServer } from './application-server.js'
import type {
  Descendant,
  Hello,
  ListeningServer,
  ProbeErrorCode,
  ProcessReading,
} from '../probe/protocol.cjs'
import type { ProcessAnswer } from './combine-readings.js'

/** Asks one probe. Rejects with {@link ProbeError}. */
export type Ask = (question: object) => Promise<unknown>

/** One connection. */
export interface Channel {
  send(message: object): void
  onClose(listener: () => void): void
}

/** The probes in the Node processes that an application has started and that still run. */
export interface ChildProbes {
  add(hello: Hello, ask: Ask, channel: Channel): void
  /** Reads all at a time, those that connected first first. Those that end meanwhile are left out. */
  read(timeoutMs: number, buffers: boolean): Promise<ProcessAnswer[]>
  /** @throws ProbeError when there is no such process any more */
  ask(pid: number, question: object): Promise<unknown>
  /** Servers that they listen with, each port once. */
  servers(): Promise<FoundServer[]>
  /** Those that are connected and answer. */
  pids(): readonly number[]
  /** Waits a moment when one of these processes is Node and may still connect; tells whether it did. */
  waitFor(processes: readonly Descendant[]): Promise<boolean>
  dismiss(): void
}

/** What the main thread is waited for would be long for each of many processes that hang. */
const LONGEST_WAIT_MS = 10_000
/** All that a trial waits for processes that are starting. */
const STARTING_MS = 10_000
const POLL_MS = 250

interface Child {
  readonly hello: Hello
  readonly ask: Ask
  readonly channel: Channel
  last: ProcessReading | null
  /** It did not answer once: its last reading stands for it from then on, and it is not asked again. */
  givenUp: boolean
}

export function childProbes(): ChildProbes {
  const children = new Set<Child>()
  let waitedMs = 0

  const readOne = async (child: Child, timeoutMs: number, buffers: boolean): Promise<void> => {
    if (child.givenUp) return
    try {
      child.last = (await child.ask({
        ...{ method: 'read', timeoutMs, counters: true, buffers },
      })) as ProcessReading
    } catch {
      // One that has ended is no longer in the set.
      child.givenUp = true
    }
  }

  return {
    add(hello, ask, channel) {
      const child: Child = { hello, ask, channel, last: null, givenUp: false }
      children.add(child)
      channel.onClose(() => children.delete(child))
    },
    async read(timeoutMs, buffers) {
      const asked = [...children]
      const waitMs = Math.min(timeoutMs, LONGEST_WAIT_MS)
      await Promise.all(asked.map(async child => readOne(child, waitMs, buffers)))
      return asked
        .filter(child => children.has(child))
        .map(({ hello, last, givenUp }) => ({
          pid: hello.pid,
          script: hello.script,
          reading: last,
          current: !givenUp,
        }))
    },
    async ask(pid, question) {
      const child = [...children].find(({ hello }) => hello.pid === pid)
      if (child === undefined) throw new ProbeError('ERR_PROBE_LOST', `the process ${String(pid)} has ended`)
      return child.ask(question)
    },
    async servers() {
      const asked = [...children].filter(({ givenUp }) => !givenUp)
      const lists = await Promise.all(
        asked.map(async ({ hello, ask }): Promise<FoundServer[]> => {
          // One that is starting, or has ended, is asked again with the next.
          const found = (await ask({ method: 'servers' }).catch(() => [])) as ListeningServer[]
          return found.map(server => ({ ...server, pid: hello.pid, script: hello.script }))
        }),
      )
      return [...new Map(lists.flat().map(server => [server.path ?? server.port, server])).values()]
    },
    pids: () => [...children].filter(({ givenUp }) => !givenUp).map(({ hello }) => hello.pid),
    async waitFor(processes) {
      if (waitedMs >= STARTING_MS || !processes.some(({ isNode }) => isNode)) return false
      waitedMs += POLL_MS
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
      return true
    },
    dismiss() {
      for (const { channel } of children) channel.send({ type: 'bye' })
    },
  }
}

/** What the probe answered instead of a result, or that it is gone. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError'
  readonly code: ProbeErrorCode | 'ERR_PROBE_LOST'
  readonly remoteStack: string | undefined

  constructor(code: ProbeErrorCode | 'ERR_PROBE_LOST', message: string, remoteStack?: string) {
    super(message)
    this.code = code
    this.remoteStack = remoteStack
  }
}
