import type { KeepWorkers } from './keep-workers.cjs'
import type { MainThreadLink } from './main-thread-link.cjs'
import type { Post } from './main-thread-link.cjs'
import type { ProbeFailureClass } from './probe-failure.cjs'
import type { EvidenceRequest, SnapshotTaken } from './protocol.cjs'
import type { CreateSnapshotFile } from './snapshot-file.cjs'

const { withThread } = require('./keep-workers.cjs') as KeepWorkers
const { holdsSession } = require('./main-thread-link.cjs') as MainThreadLink
const ProbeFailure = require('./probe-failure.cjs') as ProbeFailureClass
const createSnapshotFile = require('./snapshot-file.cjs') as CreateSnapshotFile

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

export type TakeSnapshot = typeof takeSnapshot
module.exports = takeSnapshot
