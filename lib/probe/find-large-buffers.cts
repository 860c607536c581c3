import type { Post } from './main-thread-link.cjs'
import type { LargeBuffers } from './protocol.cjs'
import type { QueryObjects } from './query-objects.cjs'

const queryObjects = require('./query-objects.cjs') as QueryObjects

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

export type FindLargeBuffers = typeof findLargeBuffers
module.exports = findLargeBuffers
