'use strict'

// Answers the naive script over the channel: collects and reports the heap, or makes so many calls first.
process.on('message', async ({ module, from, calls }) => {
  if (module !== undefined) {
    const { default: operation } = await import(module)
    for (let index = from; index < from + calls; index++) await operation(index)
  }
  globalThis.gc()
  process.send(process.memoryUsage().heapUsed)
})
// The script is gone.
process.on('disconnect', () => process.exit())
