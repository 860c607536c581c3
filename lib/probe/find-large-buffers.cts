import type { Post } from './main-thread-session.cjs'
import type { LargeBuffers } from './protocol.cjs'

const largeBytes = 65_536
const group = 'isolate-leak-buffers'

interface Found {
  readonly objectId: string
}

/** Array buffers of the thread's main context that are large; `totalBytes` are those of all. */
async function findLargeBuffers(post: Post, totalBytes: number): Promise<LargeBuffers> {
  if (totalBytes < largeBytes) return { count: 0, bytes: 0 }
  try {
    const { result: prototype } = await post<{ result: Found }>('Runtime.evaluate', {
      expression: 'ArrayBuffer.prototype',
      objectGroup: group,
      silent: true,
    })
    const { objects } = await post<{ objects: Found }>('Runtime.queryObjects', {
      prototypeObjectId: prototype.objectId,
      objectGroup: group,
    })
    const { result } = await post<{ result: { value: LargeBuffers } }>('Runtime.callFunctionOn', {
      objectId: objects.objectId,
      functionDeclaration: String(sumOfLarge),
      arguments: [{ value: largeBytes }],
      returnByValue: true,
      silent: true,
    })
    return result.value
  } finally {
    await post('Runtime.releaseObjectGroup', { objectGroup: group })
  }
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
