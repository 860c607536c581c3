import type { Readable, Writable } from 'node:stream'

/** JSON documents, one a line, over a pair of streams. */
export interface JsonLines<Incoming, Outgoing> {
  /** Ignored once the other side is gone. */
  send(message: Outgoing): void
  onMessage(listener: (message: Incoming) => void): void
  /** Called once, when the other side is gone or sent something that is not JSON (then with the error). */
  onClose(listener: (error: Error | null) => void): void
}

/** Wraps `input` and `output`; lines may be of any length. */
export function jsonLines<Incoming, Outgoing>(
  input: Readable,
  output: Writable,
): JsonLines<Incoming, Outgoing> {
  const messageListeners: ((message: Incoming) => void)[] = []
  const closeListeners: ((error: Error | null) => void)[] = []
  let pending: string[] = []
  let closed = false

  const close = (error: Error | null): void => {
    if (closed) return
    closed = true
    for (const listener of closeListeners) listener(error)
  }

  const dispatch = (line: string): void => {
    let message: Incoming
    try {
      message = JSON.parse(line) as Incoming
    } catch (cause) {
      close(new Error(`expected a JSON document on the channel, got: ${line.slice(0, 200)}`, { cause }))
      return
    }
    for (const listener of messageListeners) listener(message)
  }

  input.setEncoding('utf8')
  input.on('data', (chunk: string) => {
    const lines = chunk.split('\n')
    const last = lines.pop() ?? ''
    for (const line of lines) {
      const whole = pending.join('') + line
      pending = []
      if (whole !== '' && !closed) dispatch(whole)
    }
    if (last !== '') pending.push(last)
  })
  input.on('end', () => {
    close(null)
  })
  input.on('close', () => {
    close(null)
  })
  input.on('error', close)
  if (output !== (input as unknown)) output.on('error', close)

  return {
    send(message) {
      if (!closed && output.writable) output.write(`${JSON.stringify(message)}\n`)
    },
    onMessage(listener) {
      messageListeners.push(listener)
    },
    onClose(listener) {
      closeListeners.push(listener)
    },
  }
}
