// A span for every request, from its arrival to its answer; what is open is there to be shown on a page of its own.
const { Server } = require('node:http')

const { emit } = Server.prototype
const open = new Map()
let last = 0

class Span {
  constructor({ method, url, headers }) {
    this.id = ++last
    this.startedAt = performance.now()
    this.name = `${method} ${url}`
    this.headers = { ...headers }
  }
}

Server.prototype.emit = function (event, request, response) {
  if (event === 'request') {
    const span = new Span(request)
    open.set(span.id, span)
    response.once('finish', () => open.delete(span))
  }
  return Reflect.apply(emit, this, arguments)
}
