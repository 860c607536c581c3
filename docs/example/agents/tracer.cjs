// Wraps every request, as tracers do, and forgets it.
const http = require('node:http')

const emit = http.Server.prototype.emit
let requests = 0
http.Server.prototype.emit = function (event, ...args) {
  if (event === 'request') requests++
  return Reflect.apply(emit, this, [event, ...args])
}
process.once('exit', () => console.error(`${requests} requests traced`))
