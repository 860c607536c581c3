import type * as Inspector from 'node:inspector'
import type * as WorkerThreads from 'node:worker_threads'
import type { RelayedCommand, RelayedMessage } from './main-thread.cjs'

const { Session } = require('node:inspector') as typeof Inspector
const { MessageChannel } = require('node:worker_threads') as typeof WorkerThreads

/**
 * Opens a session of the main thread with itself and hands it to whoever has the port.
 *
 * V8 forgets the ids of all objects when any session with their thread ends, so that snapshots can only be compared while none
 * does. One that another thread holds open would pause the application at every exception if an agent debugs it; one of its own
 * does not.
 */
function relayInspector(): WorkerThreads.MessagePort {
  const { port1, port2 } = new MessageChannel()
  const send: (message: RelayedMessage) => void = port1.postMessage.bind(port1)
  const session = new Session()
  const post = session.post.bind(session) as (
    method: string,
    parameters: object,
    callback: (error: Error | null, result?: object) => void,
  ) => void
  session.connect()
  session.on('inspectorNotification', ({ method, params }) => {
    send({ event: method, parameters: params })
  })
  port1.on('message', ({ id, method, parameters }: RelayedCommand) => {
    post(method, parameters, (error, result) => {
      send({ id, error: error === null ? null : error.message, result: result ?? {} })
    })
  })
  port1.unref()
  return port2
}

export type RelayInspector = typeof relayInspector
module.exports = relayInspector
