import { createServer, type Server, type Socket } from 'node:net'
import type {
  Hello,
  ListeningServer,
  Loaded,
  ProbeErrorCode,
  ProbeReply,
  Reading,
} from '../probe/protocol.cjs'
import { jsonLines } from '../channel/json-lines.js'

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

/** The probe of one application, asked from the host. Every call rejects with {@link ProbeError}. */
export interface ProbeClient {
  readonly hello: Hello
  loaded(): Promise<Loaded>
  servers(): Promise<readonly ListeningServer[]>
  /** Whether the application's start is over. */
  started(): Promise<boolean>
  read(timeoutMs: number): Promise<Reading>
  run(module: string, index: number, operations: number): Promise<void>
  /** Tells the probe that it is no longer needed, so that the connection's end is not taken for the host's death. */
  dismiss(): void
}

/** Waits for the probe of one application. */
export interface ProbeServer {
  readonly connected: Promise<ProbeClient>
  close(): void
}

/** Listens at `path` for the one probe that knows `token`; other connections are closed. */
export async function probeServer(path: string, token: string): Promise<ProbeServer> {
  const server: Server = createServer()
  const sockets = new Set<Socket>()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  const connected = new Promise<ProbeClient>(resolve => {
    server.on('connection', socket => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      greet(socket, token, resolve)
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

function greet(socket: Socket, token: string, accept: (client: ProbeClient) => void): void {
  const channel = jsonLines<Hello | ProbeReply, object>(socket, socket)
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0
  let lost: ProbeError | null = null

  const ask = async (question: object): Promise<unknown> => {
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
      else accept(clientOf(message, ask, channel))
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

function clientOf(
  hello: Hello,
  ask: (question: object) => Promise<unknown>,
  channel: { send(message: object): void },
): ProbeClient {
  return {
    hello,
    loaded: async () => (await ask({ method: 'loaded' })) as Loaded,
    servers: async () => (await ask({ method: 'servers' })) as ListeningServer[],
    started: async () => ((await ask({ method: 'running' })) as { started: boolean }).started,
    read: async timeoutMs => (await ask({ method: 'read', timeoutMs, counters: true })) as Reading,
    run: async (module, index, operations) => {
      await ask({ method: 'run', module, index, operations })
    },
    dismiss() {
      channel.send({ type: 'bye' })
    },
  }
}
