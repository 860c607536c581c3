'use strict'

process.on('message', () => {
  globalThis.gc()
  process.send(process.memoryUsage().heapUsed)
})
