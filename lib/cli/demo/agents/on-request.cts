/** What the agents of the demo have in common: like real ones, they wrap the server's `request` event. */
import type * as Http from 'node:http'

const http = require('node:http') as typeof Http

type Listener = (request: Http.IncomingMessage, response: Http.ServerResponse) => void

/** Calls `listener` for every request, before the application does. */
function onRequest(listener: Listener): void {
  const emit = http.Server.prototype.emit
  http.Server.prototype.emit = function (
    this: Http.Server,
    event: string | symbol,
    ...args: unknown[]
  ): boolean {
    if (event === 'request') listener(...(args as Parameters<Listener>))
    return Reflect.apply(emit, this, [event, ...args]) as boolean
  }
}

export type OnRequest = typeof onRequest
module.exports = onRequest
