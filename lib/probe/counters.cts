import type * as Events from 'node:events'
import type * as V8 from 'node:v8'
import type { SpaceCounts, ThreadCounters, ThreadCounts } from './main-thread.cjs'

const { EventEmitter } = require('node:events') as typeof Events
const v8 = require('node:v8') as typeof V8

const getHeapCodeStatistics = v8.getHeapCodeStatistics.bind(v8)
const getHeapStatistics = v8.getHeapStatistics.bind(v8)
const memoryUsage = process.memoryUsage.bind(process)
const { eventNames, listenerCount } = EventEmitter.prototype as ProcessEvents
// Node before 17.3 has none.
const getActiveResourcesInfo = (process as { getActiveResourcesInfo?: () => string[] }).getActiveResourcesInfo

/** Called on `process`. */
interface ProcessEvents {
  readonly eventNames: (this: NodeJS.Process) => (string | symbol)[]
  readonly listenerCount: (this: NodeJS.Process, event: string | symbol) => number
}

/**
 * Readers of the counters of the thread that calls this, made of functions that nobody has patched yet.
 * @param ownTimers referenced timers of the probe, which are not the application's
 */
function createCounters(ownTimers: number): ThreadCounters {
  return {
    spaces: () => JSON.stringify(spaces()),
    counts: () => {
      const heap = getHeapStatistics()
      const memory = memoryUsage()
      const counts: ThreadCounts = {
        ...spaces(),
        arrayBuffers: memory.arrayBuffers,
        external: memory.external - memory.arrayBuffers,
        nativeContexts: heap.number_of_native_contexts,
        detachedContexts: heap.number_of_detached_contexts,
        resources: activeResources(ownTimers),
        listeners: processListeners(),
      }
      return JSON.stringify(counts)
    },
  }
}

function spaces(): SpaceCounts {
  const { code_and_metadata_size: machine, bytecode_and_metadata_size: bytecode } = getHeapCodeStatistics()
  return { compiledCode: machine + bytecode, heapLimit: getHeapStatistics().heap_size_limit }
}

function activeResources(ownTimers: number): Record<string, number> {
  const resources: Record<string, number> = {}
  for (const type of getActiveResourcesInfo?.() ?? []) resources[type] = (resources[type] ?? 0) + 1
  const timers = (resources['Timeout'] ?? 0) - ownTimers
  if (timers > 0) resources['Timeout'] = timers
  else delete resources['Timeout']
  return resources
}

function processListeners(): number {
  let listeners = 0
  for (const event of eventNames.call(process)) listeners += listenerCount.call(process, event)
  return listeners
}

export type CreateCounters = typeof createCounters
module.exports = createCounters
