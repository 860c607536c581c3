import type { Socket } from 'node:net'

/** What a connection speaks. */
export type Wire = 'http' | 'tls' | 'http2'

const tlsHandshake = 0x16
/** Begins a connection of http/2 without TLS (RFC 9113, 3.4); no method of http/1.1 is called so. */
const preface = Buffer.from('PRI ')

const wireOf = (bytes: Buffer): Wire | undefined => {
  if (bytes[0] === tlsHandshake) return 'tls'
  const length = Math.min(bytes.length, preface.length)
  if (!bytes.subarray(0, length).equals(preface.subarray(0, length))) return 'http'
  return length === preface.length ? 'http2' : undefined
}

/** Calls `decided` once with what the connection speaks; everything that was read is put back before. */
export const onWire = (socket: Socket, decided: (wire: Wire) => void): void => {
  let start: Buffer = Buffer.alloc(0)
  const look = (): void => {
    const bytes = socket.read() as Buffer | null
    if (bytes === null) return
    start = Buffer.concat([start, bytes])
    const wire = wireOf(start)
    if (wire === undefined) return
    socket.off('readable', look)
    socket.unshift(start)
    decided(wire)
  }
  socket.on('readable', look)
}
