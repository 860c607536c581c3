import type { Evaluate } from './evaluate.cjs'
import type { Post } from './main-thread-link.cjs'
import type { SpaceCounts, ThreadCounts } from './main-thread.cjs'
import type { IsolateReading, LargeBuffers, ProbeRequest } from './protocol.cjs'
import type { QueryObjects } from './query-objects.cjs'

const evaluate = require('./evaluate.cjs') as Evaluate
const queryObjects = require('./query-objects.cjs') as QueryObjects

const notCounted = {
  arrayBuffers: 0,
  external: 0,
  nativeContexts: 0,
  detachedContexts: 0,
  resources: {},
  listeners: 0,
}

/**
 * Code that V8 finishes compiling between the figure of the heap and that of code makes the latter jump by a whole
 * allocation area (190 KB were seen), so a reading whose code moved is taken again.
 */
const movedCodeBytes = 16_384
/** The same happens to the heap's figure, and is seen often where many heaps are added up. */
const movedHeapBytes = 131_072
const mostPasses = 3

/** What is read besides the heap. */
export type What = Pick<Extract<ProbeRequest, { method: 'read' }>, 'counters' | 'buffers'>

/** Figures of the last reading of the same isolate. */
interface Last {
  readonly compiledCode: number
  /** Bytes without code; `null`: a reading that moved is not taken again for that. */
  readonly heap: number | null
}

/**
 * Collects twice and reads the heap at once, before anything is evaluated on its thread: reading it there instead is
 * a hundred times noisier.
 */
async function readIsolate(post: Post, { counters, buffers }: What, last: Last): Promise<IsolateReading> {
  let before = last
  for (let passes = 1; ; passes++) {
    const begin = process.hrtime.bigint()
    await post('HeapProfiler.collectGarbage')
    await post('HeapProfiler.collectGarbage')
    const { usedSize } = await post<{ usedSize: number }>('Runtime.getHeapUsage')
    const collectMs = Number(process.hrtime.bigint() - begin) / 1e6
    const counts = counters
      ? (JSON.parse(await evaluate(post, 'counts')) as ThreadCounts)
      : { ...notCounted, ...(JSON.parse(await evaluate(post, 'spaces')) as SpaceCounts) }
    const heap = before.heap === null ? null : usedSize - counts.compiledCode
    const moved =
      Math.abs(counts.compiledCode - before.compiledCode) > movedCodeBytes ||
      (heap !== null && Math.abs(heap - (before.heap ?? heap)) > movedHeapBytes)
    before = { compiledCode: counts.compiledCode, heap }
    if (moved && passes < mostPasses) continue
    const large = buffers ? { largeBuffers: await findLargeBuffers(post, counts.arrayBuffers) } : {}
    return { heapUsed: usedSize, ...counts, collectMs, ...large }
  }
}

const largeBytes = 65_536
const none: LargeBuffers = { count: 0, bytes: 0 }

/** Array buffers of the thread's main context that are large; `totalBytes` are those of all. */
async function findLargeBuffers(post: Post, totalBytes: number): Promise<LargeBuffers> {
  if (totalBytes < largeBytes) return none
  return (await queryObjects(post, 'ArrayBuffer.prototype', sumOfLarge, largeBytes)) ?? none
}

/** Runs in the application, on an array of what was found. */
function sumOfLarge(this: readonly ArrayBuffer[], least: number): LargeBuffers {
  let count = 0
  let bytes = 0
  for (const { byteLength } of this) {
    if (byteLength < least) continue
    count++
    bytes += byteLength
  }
  return { count, bytes }
}

export type ReadIsolate = typeof readIsolate
module.exports = readIsolate
