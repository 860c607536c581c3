// How long answers take, as a histogram of powers of two: 16 numbers, however many requests there are.
const { Server } = require('node:http')

const { emit } = Server.prototype
const histogram = new Float64Array(16)
globalThis.timing = histogram

Server.prototype.emit = function (event, request, response) {
  if (event === 'request') {
    const startedAt = performance.now()
    response.once('finish', () => {
      const ms = performance.now() - startedAt
      histogram[Math.min(15, Math.ceil(Math.log2(ms + 1)))] += 1
    })
  }
  return Reflect.apply(emit, this, arguments)
}
