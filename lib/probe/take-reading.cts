import type { CountDescendants, CountProcess } from './count-process.cjs'
import type { KeepWorkers } from './keep-workers.cjs'
import type { WithMainThread } from './main-thread-session.cjs'
import type { ProbeRequest, ProcessReading } from './protocol.cjs'
import type { ReadIsolate } from './read-isolate.cjs'
import type { ReadWorkers } from './read-workers.cjs'

const { countProcess, countDescendants } = require('./count-process.cjs') as {
  countProcess: CountProcess
  countDescendants: CountDescendants
}
const { runningWorkers } = require('./keep-workers.cjs') as KeepWorkers
const readIsolate = require('./read-isolate.cjs') as ReadIsolate
const readWorkers = require('./read-workers.cjs') as ReadWorkers
const withMainThread = require('./main-thread-session.cjs') as WithMainThread

type Read = Extract<ProbeRequest, { method: 'read' }>

let last = { compiledCode: Infinity, heap: Infinity }
let hasWorkers = false

/** Reads the main thread, then the Workers, and in the launched process also what it has started. */
async function takeReading({ timeoutMs, ...what }: Read, launched: boolean): Promise<ProcessReading> {
  const before = launched ? { ...last, heap: null } : last
  const main = await withMainThread(timeoutMs, async (post, listen, isHeld) => {
    const reading = await readIsolate(post, what, before)
    // Node aborts when a Worker ends in the moment in which it is attached to: no more often than it takes.
    if (hasWorkers) return reading
    const { threads, detach } = await runningWorkers(post, listen)
    if (isHeld) await detach()
    hasWorkers = threads.length > 0
    return reading
  })
  last = { compiledCode: main.compiledCode, heap: main.heapUsed - main.compiledCode }
  const workers = hasWorkers ? await readWorkers(timeoutMs, what) : []
  hasWorkers = workers.length > 0
  if (!what.counters) return { main, workers, rss: 0, threads: null, descriptors: null, descendants: null }
  return { main, workers, ...countProcess(), descendants: launched ? countDescendants() : null }
}

export type TakeReading = typeof takeReading
module.exports = takeReading
