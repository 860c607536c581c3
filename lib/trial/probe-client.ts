import { type Server, type Socket, createServer } from 'node:net'
import type {
  CpuUsed,
  EvidenceRequest,
  Hello,
  ListeningServer,
  Loaded,
  PendingTimers,
  ProbeReply,
  ProcessReading,
  Reading,
  Signs,
} from '../probe/protocol.cjs'
import { jsonLines } from '../system/json-lines.js'
import type { FoundServer } from './application-server.js'
import { type Ask, type Channel, type ChildProbes, childProbes, ProbeError } from './child-probes.js'
import {
  type PartPlace,
  type ProcessAnswer,
  combineReadings,
  locatePart,
  mostSigns,
} from './combine-readings.js'

/** The probes of one application, asked from the host. Every call rejects with {@link ProbeError}. */
export interface ProbeClient {
  readonly hello: Hello
  /** Names of the packages of which the CommonJS loader has loaded files. */
  packages(): Promise<readonly string[]>
  /** Of the launched process, then of those that it started. */
  servers(): Promise<readonly FoundServer[]>
  /** What is loaded in the launched process (`null`), or in another by its pid. */
  loaded(pid?: number | null): Promise<Loaded>
  /**
   * What agents may have brought into the launched process, and into those that it started and that answer: of each the most in one.
   * @param objects whether timers and the like are counted
   */
  signs(objects: boolean): Promise<Signs>
  /** Timers of the launched process, and of those that it started and that answer, that will go off once. */
  timers(timeoutMs: number): Promise<readonly PendingTimers[]>
  /**
   * CPU time of all processes of the application since they began, with those that have ended, ms; `null` where the system does not tell
   * of those that it started.
   */
  cpuMs(): Promise<number | null>
  /** Whether the application's start is over. */
  started(): Promise<boolean>
  /**
   * Everything that belongs to the application, added up. What does not answer, other than the main thread, is marked.
   * @param buffers whether large array buffers are looked up; default no
   */
  read(timeoutMs: number, buffers?: boolean): Promise<Reading>
  /** Which process and thread a part of the application is, as of now; `null` where there is no such part. */
  locate(label: string, timeoutMs: number): Promise<PartPlace | null>
  /** Asks the probe of the launched process (`null`), or of another by its pid. */
  ask(pid: number | null, question: EvidenceQuestion): Promise<unknown>
  /** Processes with a probe, other than the launched one. */
  children(): readonly number[]
  run(module: string, index: number, operations: number): Promise<void>
  /** Tells the probes that they are no longer needed, so that the connection's end is not taken for the host's death. */
  dismiss(): void
}

/** A question about evidence, before it is numbered. */
export type EvidenceQuestion = EvidenceRequest extends infer Request
  ? Request extends EvidenceRequest
    ? Omit<Request, 'id'>
    : never
  : never

/** Waits for the probe of one application. */
export interface ProbeServer {
  readonly connected: Promise<ProbeClient>
  close(): void
}

/** Listens at `path` for the probes that know `token`: the application's and those of what it starts. Other connections are closed. */
export async function probeServer(path: string, token: string): Promise<ProbeServer> {
  const server: Server = createServer()
  const sockets = new Set<Socket>()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  const children = childProbes()
  let isLaunched = false
  const connected = new Promise<ProbeClient>(resolve => {
    server.on('connection', socket => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      greet(socket, token, (hello, ask, channel) => {
        // A command that is no Node may start several that all believe to be the first.
        if (hello.role === 'child' || isLaunched) children.add(hello, ask, channel)
        else resolve(clientOf(hello, ask, channel, children))
        isLaunched ||= hello.role === 'main'
      })
    })
  })
  return {
    connected,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function greet(
  socket: Socket,
  token: string,
  accept: (hello: Hello, ask: Ask, channel: Channel) => void,
): void {
  const channel = jsonLines<Hello | ProbeReply, object>(socket, socket)
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0
  let lost: ProbeError | null = null

  const ask: Ask = async question => {
    if (lost) throw lost
    const id = ++lastId
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      channel.send({ ...question, id })
    })
  }

  channel.onMessage(message => {
    if (message.type === 'hello') {
      if (message.token !== token) socket.destroy()
      else accept(message, ask, channel)
      return
    }
    const asked = waiting.get(message.id)
    waiting.delete(message.id)
    if ('error' in message) {
      const { code, message: text, stack } = message.error
      asked?.reject(new ProbeError(code, text, stack))
    } else asked?.resolve(message.result)
  })
  channel.onClose(() => {
    lost = new ProbeError('ERR_PROBE_LOST', 'the connection to the probe inside the application has ended')
    for (const { reject } of waiting.values()) reject(lost)
    waiting.clear()
  })
}

function clientOf(hello: Hello, ask: Ask, channel: Channel, children: ChildProbes): ProbeClient {
  const readProcesses = async (
    timeoutMs: number,
    buffers = false,
  ): Promise<[ProcessReading, ProcessAnswer[]]> => {
    const [launched, answers] = await Promise.all([
      ask({ method: 'read', timeoutMs, counters: true, buffers }),
      children.read(timeoutMs, buffers),
    ])
    return [launched as ProcessReading, answers]
  }
  /** What the launched process answers, and those that it started: `otherwise` for one that ends meanwhile. */
  const askAll = async (question: object, otherwise: unknown): Promise<readonly unknown[]> => {
    const others = children.pids().map(async pid => children.ask(pid, question).catch(() => otherwise))
    return Promise.all([ask(question), ...others])
  }
  return {
    hello,
    loaded: async (pid = null) =>
      (await (pid === null ? ask({ method: 'loaded' }) : children.ask(pid, { method: 'loaded' }))) as Loaded,
    packages: async () => (await ask({ method: 'packages' })) as string[],
    servers: async () => {
      const own = (await ask({ method: 'servers' })) as ListeningServer[]
      const found = own.map((server): FoundServer => ({ ...server, pid: null, script: hello.script }))
      // The ports of a cluster are its primary's.
      const theirs = (await children.servers()).filter(
        ({ port, path }) => !own.some(one => one.port === port && one.path === path),
      )
      return [...found, ...theirs]
    },
    signs: async objects => mostSigns((await askAll({ method: 'signs', objects }, {})) as Signs[]),
    timers: async timeoutMs =>
      ((await askAll({ method: 'timers', timeoutMs }, [])) as (readonly PendingTimers[])[]).flat(),
    cpuMs: async () => {
      const { ms, ofAll } = (await ask({ method: 'cpu' })) as CpuUsed
      return ofAll || children.pids().length === 0 ? ms : null
    },
    started: async () => ((await ask({ method: 'running' })) as { started: boolean }).started,
    read: async (timeoutMs, buffers) => {
      for (;;) {
        const reading = combineReadings(...(await readProcesses(timeoutMs, buffers)), hello.cwd)
        if (!(await children.waitFor(reading.unmeasured ?? []))) return reading
      }
    },
    locate: async (label, timeoutMs) => locatePart(label, ...(await readProcesses(timeoutMs)), hello.cwd),
    ask: async (pid, question) => (pid === null ? ask(question) : children.ask(pid, question)),
    children: () => children.pids(),
    run: async (module, index, operations) => {
      await ask({ method: 'run', module, index, operations })
    },
    dismiss() {
      children.dismiss()
      channel.send({ type: 'bye' })
    },
  }
}
