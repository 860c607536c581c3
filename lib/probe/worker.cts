import type * as WorkerThreads from 'node:worker_threads'
import type { CreateAnswers } from './answers.cjs'
import type { WorkerData } from './main-thread.cjs'
import type { ProbeFailureClass } from './probe-failure.cjs'
import type { Hello, HostMessage, ProbeReply, ProbeRequest } from './protocol.cjs'
import type * as Net from 'node:net'

const workerThreads = require('node:worker_threads') as typeof WorkerThreads
const createAnswers = require('./answers.cjs') as CreateAnswers
const ProbeFailure = require('./probe-failure.cjs') as ProbeFailureClass
const net = require('node:net') as typeof Net

/** The probe's own thread: answers the trial host, and asks the main thread through its inspector. */

const data = workerThreads.workerData as WorkerData
const answers = createAnswers(data)
let queue: Promise<void> = Promise.resolve()

const { settings } = data
/** What the application started ends with the application, or when it likes. */
const onLost = settings.child === undefined ? endApplication : (): void => undefined
const host = connectToHost(settings.socket, { onMessage: receive, onLost })
host.send({
  type: 'hello',
  token: settings.token,
  pid: process.pid,
  nodeVersion: process.versions.node,
  role: settings.child === undefined ? 'main' : 'child',
  cwd: data.cwd,
  script: data.script,
})

function receive(message: HostMessage): void {
  if ('type' in message) {
    host.close()
    // Should this fail, the Worker ends with the error, and its end releases the application as well.
    void answers.release()
  } else if (message.method === 'usage' || message.method === 'run') {
    void reply(message)
  } else {
    queue = queue.then(() => reply(message))
  }
}

async function reply(request: ProbeRequest): Promise<void> {
  const { id } = request
  try {
    host.send({ type: 'reply', id, result: await answers.to(request) })
  } catch (error) {
    host.send({ type: 'reply', id, error: ProbeFailure.describe(error) })
  }
}

interface Host {
  send(message: Hello | ProbeReply): void
  /** Ends the connection on purpose. */
  close(): void
}

interface HostEvents {
  onMessage(message: HostMessage): void
  /** The connection ended, or never came about, without {@link Host.close}. */
  onLost(): void
}

/** Connects to the trial host; one JSON document a line in both directions. */
function connectToHost(path: string, events: HostEvents): Host {
  let closed = false
  let rest = ''
  const socket = net.connect(path)
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line !== '' && !closed) events.onMessage(JSON.parse(line) as HostMessage)
    }
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    if (!closed) events.onLost()
  })
  return {
    send: message => {
      if (!closed) socket.write(`${JSON.stringify(message)}\n`)
    },
    close: () => {
      closed = true
      socket.end()
    },
  }
}

/**
 * Ends the application because its host is gone: nobody would ever end it otherwise. The whole process group where
 * the application leads one, as it does when the host launched it directly, or else its process alone.
 */
function endApplication(): void {
  if (leadsGroup()) process.kill(-process.pid, 'SIGKILL')
  process.kill(process.pid, 'SIGKILL')
}

function leadsGroup(): boolean {
  if (process.platform === 'win32') return false
  try {
    // A group with the number of this process exists only if this process began it.
    return process.kill(-process.pid, 0)
  } catch {
    return false
  }
}
