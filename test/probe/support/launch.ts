import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  Hello,
  ProbeReply,
  ProbeSettings,
  ProcessReading,
  Reading,
} from '../../../lib/probe/protocol.cjs'
import { childProbes } from '../../../lib/trial/child-probes.js'
import { combineReadings } from '../../../lib/trial/combine-readings.js'
import { projectPath } from '../../support/project-path.js'

const preload = projectPath('dist', 'probe', 'preload.cjs')

export interface LaunchOptions {
  /** Extension of the entry, default `cjs`. */
  readonly extension?: 'cjs' | 'mjs'
  readonly settings?: Partial<ProbeSettings>
  readonly env?: Readonly<Record<string, string>>
  readonly nodeArgs?: readonly string[]
  /** Further files beside the entry, by name. */
  readonly files?: Readonly<Record<string, string>>
  /** Default: `PROBE_TEST_NODE`, or the Node that runs the tests. */
  readonly nodePath?: string
  /** Without the probe, to compare with. */
  readonly probe?: boolean
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Launched {
  readonly pid: number
  readonly folder: string
  readonly hello: Promise<Hello>
  readonly ended: Promise<Ended>
  /** Asks the probe; rejects with its error, which has a `code`. */
  ask<Answer>(question: object): Promise<Answer>
  /** Reads the application with all that belongs to it, as the trial host does. */
  read(timeoutMs?: number, buffers?: boolean): Promise<Reading>
  /** Resolves with the first line on stdout that contains the text. */
  line(text: string): Promise<string>
  send(message: object): void
  /** Ends the connection, as a host does that dies. */
  disconnect(): void
  /** The same to the processes that it started. */
  disconnectChildren(): void
  /** Kills whatever is left and removes the files. */
  end(): Promise<void>
}

/** Runs `source` as an application with the probe, as the trial host does: clean environment, own process group. */
export async function launch(source: string, options: LaunchOptions = {}): Promise<Launched> {
  if (!existsSync(preload)) throw new Error(`${preload} is missing: run \`npm run build\` first`)
  const folder = await mkdtemp(join(tmpdir(), 'isolate-leak-probe-test-'))
  const entry = join(folder, `entry.${options.extension ?? 'cjs'}`)
  await writeFile(entry, source)
  for (const [name, text] of Object.entries(options.files ?? {})) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), text)
  }

  const path = join(folder, 'host.sock')
  const server = createServer()
  await once(server.listen(path), 'listening')
  const channel = hostChannel()
  server.on('connection', socket => {
    channel.connect(socket)
  })

  const settings: ProbeSettings = {
    socket: path,
    token: 'secret',
    keepAlive: false,
    v8Flags: ['--no-flush-bytecode'],
    ...options.settings,
  }
  const probeEnv = {
    ISOLATE_LEAK_PROBE: JSON.stringify(settings),
    NODE_OPTIONS: [`--require ${JSON.stringify(preload)}`, options.env?.['NODE_OPTIONS'] ?? '']
      .join(' ')
      .trim(),
  }
  const env = {
    PATH: process.env['PATH'] ?? '',
    ...options.env,
    ...(options.probe === false ? {} : probeEnv),
  }
  // Through env, since test runners add to the environment of whatever Node spawns.
  const child = spawn(
    '/usr/bin/env',
    [
      '-i',
      ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
      options.nodePath ?? process.env['PROBE_TEST_NODE'] ?? process.execPath,
      ...(options.nodeArgs ?? []),
      entry,
    ],
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'], cwd: folder },
  )
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const ended = once(child, 'close').then(([code, signal]): Ended => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
  }))
  const pid = child.pid ?? 0
  void ended.then(({ code, signal }) => {
    channel.giveUp(
      new Error(`The application ended with ${code ?? signal} and without a probe:\n${stdout}${stderr}`),
    )
  })

  return {
    pid,
    folder,
    hello: channel.hello,
    ended,
    ask: question => channel.ask(question),
    read: (timeoutMs = 20_000, buffers = false) => channel.read(timeoutMs, buffers),
    send: channel.send,
    disconnect: channel.disconnect,
    disconnectChildren: channel.disconnectChildren,
    line: async text => {
      for (;;) {
        const found = stdout.split('\n').find(line => line.includes(text))
        if (found !== undefined) return found
        await Promise.race([
          once(child.stdout, 'data'),
          ended.then(() => {
            throw new Error(`The application ended without printing ${text}:\n${stdout}${stderr}`)
          }),
        ])
      }
    },
    end: async () => {
      channel.send({ type: 'bye' })
      killGroup(pid)
      await ended
      channel.disconnect()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The host's side: the connection of the launched process, and those of the processes that it starts. */
function hostChannel() {
  let main: Connection | undefined
  const children = childProbes()
  const childConnections = new Set<Connection>()
  const { promise: hello, resolve: greet, reject: giveUp } = deferred<Hello>()
  hello.catch(() => undefined)

  return {
    hello,
    giveUp,
    connect(socket: Socket): void {
      const connection = connect(socket, introduced => {
        if (introduced.role === 'child') {
          childConnections.add(connection)
          return children.add(introduced, connection.ask, connection)
        }
        main = connection
        greet(introduced)
      })
    },
    send(message: object): void {
      main?.send(message)
    },
    async ask<Answer>(question: object): Promise<Answer> {
      await hello
      return (await main?.ask(question)) as Answer
    },
    async read(timeoutMs: number, buffers = false): Promise<Reading> {
      const [launched, answers] = await Promise.all([
        this.ask<ProcessReading>({ method: 'read', timeoutMs, counters: true, buffers }),
        children.read(timeoutMs, buffers),
      ])
      return combineReadings(launched, answers, (await hello).cwd)
    },
    disconnect(): void {
      main?.destroy()
    },
    disconnectChildren(): void {
      for (const connection of childConnections) connection.destroy()
    },
  }
}

interface Connection {
  ask(question: object): Promise<unknown>
  send(message: object): void
  onClose(listener: () => void): void
  destroy(): void
}

function connect(socket: Socket, greet: (hello: Hello) => void): Connection {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0
  let rest = ''

  function receive(message: Hello | ProbeReply): void {
    if (message.type === 'hello') return greet(message)
    const question = waiting.get(message.id)
    waiting.delete(message.id)
    if ('error' in message) question?.reject(Object.assign(new Error(message.error.message), message.error))
    else question?.resolve(message.result)
  }

  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) receive(JSON.parse(line) as Hello | ProbeReply)
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('The probe is gone'))
    waiting.clear()
  })
  const send = (message: object): void => void socket.write(`${JSON.stringify(message)}\n`)
  return {
    send,
    ask: async question => {
      const id = ++lastId
      const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }))
      send({ ...question, id })
      return answer
    },
    onClose: listener => socket.prependListener('close', listener),
    destroy: () => void socket.destroy(),
  }
}

function deferred<T>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (error: Error) => void
} {
  let resolve!: (value: T) => void
  let reject!: (error: Error) => void
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
