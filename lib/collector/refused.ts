import { connect } from 'node:net'
import { IsolateLeakError } from '../errors.js'

/**
 * Where the backend `down` is: a port that only the system's own services may take, that belongs to none of them, and that
 * `fetch` does not refuse by itself.
 */
export const REFUSED_PORT = 4

/**
 * Makes sure that connections to {@link REFUSED_PORT} are refused.
 * @throws IsolateLeakError ERR_COLLECTOR when something answers, or when the connection fails in another way
 */
export const assertRefused = (port: number = REFUSED_PORT): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      const expected = `expected connections to 127.0.0.1:${port} to be refused`
      reject(
        new IsolateLeakError('ERR_COLLECTOR', `The backend "down" ${expected}, but something answers there`),
      )
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve()
      else {
        const expected = `expected connections to 127.0.0.1:${port} to be refused`
        const message = `The backend "down" ${expected}, but got ${error.code ?? error.message}`
        reject(new IsolateLeakError('ERR_COLLECTOR', message, { cause: error }))
      }
    })
  })
