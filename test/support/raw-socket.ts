import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** A connection to a port on loopback, when it is open. */
export const rawSocket = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => resolve(socket))
    socket.once('error', reject)
  })

/** When a connection is over, however it ended. */
export const ended = (socket: Socket): Promise<void> =>
  new Promise(resolve => {
    if (socket.destroyed) return resolve()
    socket.on('error', () => {})
    socket.resume()
    socket.once('close', () => resolve())
  })
