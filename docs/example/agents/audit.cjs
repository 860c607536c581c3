// Writes down who asked for what, and keeps all of it until somebody asks for the trail.
const http = require('node:http')

const trail = []
const emit = http.Server.prototype.emit
http.Server.prototype.emit = function (event, ...args) {
  if (event === 'request') trail.push({ at: Date.now(), request: args[0] })
  return Reflect.apply(emit, this, [event, ...args])
}
process.once('SIGUSR2', () => console.error(trail.length))
