// The same, with what somebody will look at: the last hundred, and of each what is written down.
const http = require('node:http')

const LONGEST = 100
const trail = []
const emit = http.Server.prototype.emit
http.Server.prototype.emit = function (event, ...args) {
  if (event === 'request') {
    const { method, url } = args[0]
    trail.push({ at: Date.now(), method, url })
    if (trail.length > LONGEST) trail.shift()
  }
  return Reflect.apply(emit, this, [event, ...args])
}
process.once('SIGUSR2', () => console.error(trail.length))
