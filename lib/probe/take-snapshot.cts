import type { KeepWorkers } from './keep-workers.cjs'
import type { MainThreadLink, Post } from './main-thread-link.cjs'
import type { ProbeFailureClass } from './probe-failure.cjs'
import type { EvidenceRequest, SnapshotTaken } from './protocol.cjs'
import type * as Fs from 'node:fs'

const { withThread } = require('./keep-workers.cjs') as KeepWorkers
const { holdsSession } = require('./main-thread-link.cjs') as MainThreadLink
const ProbeFailure = require('./probe-failure.cjs') as ProbeFailureClass
const { closeSync, constants, openSync, unlinkSync, writeSync } = require('node:fs') as typeof Fs

type Snapshot = Extract<EvidenceRequest, { method: 'snapshot' }>

/** Id of `process` as of the last snapshot, by thread. */
const lastIds = new Map<number | null, string>()

/**
 * Writes a heap snapshot of one thread to a new file. The thread is stopped meanwhile. Nothing is left at the path when
 * that fails.
 * @throws ProbeFailure, or the error of the file
 */
async function takeSnapshot({ path, thread, timeoutMs }: Snapshot): Promise<SnapshotTaken> {
  if (!holdsSession) {
    throw new ProbeFailure('ERR_PROBE_FAILED', 'Expected the settings to say `evidence` before a snapshot')
  }
  const file = createSnapshotFile(path)
  try {
    const idsKept = await withThread(thread, timeoutMs, async (post, listen) => {
      const last = lastIds.get(thread)
      const kept = last === undefined || last === (await idOfProcess(post))
      listen('HeapProfiler.addHeapSnapshotChunk', message => {
        file.write((message as { chunk: string }).chunk)
      })
      await post('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
      lastIds.set(thread, await idOfProcess(post))
      return kept
    })
    file.finish()
    return { idsKept }
  } finally {
    file.discard()
  }
}

/** One object that is always there: its id changes when V8 forgets all ids. */
async function idOfProcess(post: Post): Promise<string> {
  const { result } = await post<{ result: { objectId: string } }>('Runtime.evaluate', {
    expression: 'process',
    silent: true,
  })
  const { objectId } = result
  const { heapSnapshotObjectId } = await post<{ heapSnapshotObjectId: string }>(
    'HeapProfiler.getHeapObjectId',
    {
      objectId,
    },
  )
  await post('Runtime.releaseObject', { objectId })
  return heapSnapshotObjectId
}

/** A file that is written from begin to end, or not left at all. */
export interface SnapshotFile {
  readonly write: (text: string) => void
  /**
   * Closes the file.
   * @throws the error of a `write` that failed, and removes the file
   */
  readonly finish: () => void
  /** Removes the file, unless it is finished. */
  readonly discard: () => void
}

// Windows has no such flag, and few links.
const noFollow = (constants as { O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0

/**
 * Creates a file that only its owner can read.
 * @throws when there is anything at that path, a link that leads nowhere included
 */
function createSnapshotFile(path: string): SnapshotFile {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow, 0o600)
  let failure: Error | null = null
  let isOpen = true

  function discard(): void {
    if (!isOpen) return
    isOpen = false
    closeSync(fd)
    unlinkSync(path)
  }

  return {
    write: text => {
      if (failure !== null || !isOpen) return
      try {
        // Plain ASCII: V8 escapes all else.
        const bytes = Buffer.from(text, 'latin1')
        for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done)
      } catch (error) {
        failure = error as Error
      }
    },
    finish: () => {
      if (failure !== null) {
        discard()
        throw failure
      }
      isOpen = false
      closeSync(fd)
    },
    discard,
  }
}

export type TakeSnapshot = typeof takeSnapshot
module.exports = takeSnapshot
