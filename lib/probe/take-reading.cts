import type { CountProcess } from './count-process.cjs'
import type { Evaluate } from './evaluate.cjs'
import type { WithMainThread } from './main-thread-session.cjs'
import type { MainThreadCounts, SpaceCounts } from './main-thread.cjs'
import type { ProbeRequest, Reading } from './protocol.cjs'

const countProcess = require('./count-process.cjs') as CountProcess
const evaluate = require('./evaluate.cjs') as Evaluate
const withMainThread = require('./main-thread-session.cjs') as WithMainThread

type Read = Extract<ProbeRequest, { method: 'read' }>

const notCounted = {
  arrayBuffers: 0,
  external: 0,
  nativeContexts: 0,
  detachedContexts: 0,
  resources: {},
  listeners: 0,
  workers: null,
}

/**
 * Code that V8 finishes compiling between the heap's figure and the code space's makes the latter jump by a whole
 * allocation area (190 KB were seen), so a reading whose code space moved is taken again.
 */
const movedCodeBytes = 16_384
const mostPasses = 3
let lastCodeSpace = Infinity

/**
 * Collects twice and reads the heap at once, before anything is evaluated on the main thread: reading it there
 * instead is a hundred times noisier.
 */
function takeReading(request: Read): Promise<Reading> {
  return withMainThread(request.timeoutMs, async post => {
    for (let passes = 1; ; passes++) {
      const begin = process.hrtime.bigint()
      await post('HeapProfiler.collectGarbage')
      await post('HeapProfiler.collectGarbage')
      const { usedSize } = await post<{ usedSize: number }>('Runtime.getHeapUsage')
      const collectMs = Number(process.hrtime.bigint() - begin) / 1e6
      const counts = request.counters
        ? (JSON.parse(await evaluate(post, 'counts')) as MainThreadCounts)
        : { ...notCounted, ...(JSON.parse(await evaluate(post, 'spaces')) as SpaceCounts) }
      const moved = Math.abs(counts.codeSpace - lastCodeSpace)
      lastCodeSpace = counts.codeSpace
      if (moved > movedCodeBytes && passes < mostPasses) continue
      return { heapUsed: usedSize, ...counts, ...countProcess(request.counters), collectMs }
    }
  })
}

export type TakeReading = typeof takeReading
module.exports = takeReading
