import type * as Net from 'node:net'
import type { Hello, HostMessage, ProbeReply } from './protocol.cjs'

const net = require('node:net') as typeof Net

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

export type ConnectToHost = typeof connectToHost
module.exports = connectToHost
