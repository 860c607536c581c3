import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { IsolateLeakError } from '../../errors.js'
import type { ReadHeapSnapshotOptions, SnapshotPhase } from '../read-options.js'
import type { SnapshotColumns } from '../snapshot-columns.js'
import { ByteWindow } from './byte-window.js'
import { parseSnapshot } from './parse-snapshot.js'
import { piecesOfFile, piecesOfStream } from './pieces-of.js'
import type { Pieces } from './pieces-of.js'

const PROGRESS_MS = 250
/** Longest time without a turn of the event loop. */
const TURN_MS = 20

/**
 * Reads a snapshot as it is in the file, without computing anything from it.
 * @throws IsolateLeakError `ERR_SNAPSHOT_READ`, `ERR_ABORTED`
 * @throws SnapshotInvalidError
 */
export async function readColumns(
  source: string | Readable,
  options: ReadHeapSnapshotOptions = {},
): Promise<SnapshotColumns> {
  const { signal } = options
  if (!isSource(source))
    throw new IsolateLeakError(
      'ERR_OPTION_INVALID',
      `expected a path or a stream to read from, got ${typeof source}`,
    )
  // A stream that does not deliver is told, so that waiting for it ends.
  const onAbort = (): void => {
    if (typeof source !== 'string') source.destroy()
  }
  const failure = (error: unknown): unknown => (signal?.aborted === true ? abortedBy(signal) : error)
  if (signal?.aborted === true) {
    onAbort()
    throw abortedBy(signal)
  }
  const input = typeof source === 'string' ? await piecesOfFile(source) : piecesOfStream(source)
  signal?.addEventListener('abort', onAbort)
  try {
    return await parsePieces(input, options)
  } catch (error) {
    throw failure(error)
  } finally {
    signal?.removeEventListener('abort', onAbort)
    await input.close()
  }
}

async function parsePieces(
  input: Pieces,
  { signal, onProgress }: ReadHeapSnapshotOptions,
): Promise<SnapshotColumns> {
  const window = new ByteWindow(input.totalBytes)
  let phase: SnapshotPhase = 'snapshot'
  let reportedPhase: SnapshotPhase | null = null
  let reportedAt = 0
  let turnAt = performance.now()
  const parsing = parseSnapshot(window, next => {
    phase = next
  })
  parsing.next()
  for await (const piece of input.pieces) {
    signal?.throwIfAborted()
    window.fill(piece)
    parsing.next()
    const now = performance.now()
    if (phase !== reportedPhase || now - reportedAt >= PROGRESS_MS) {
      onProgress?.({ phase, bytesRead: window.offset, bytesTotal: input.totalBytes })
      reportedPhase = phase
      reportedAt = now
    }
    if (now - turnAt >= TURN_MS) {
      await setImmediate()
      turnAt = performance.now()
    }
  }
  window.isLast = true
  const { done, value } = parsing.next()
  if (done === true) return value
  throw window.invalid('a heap snapshot')
}

function abortedBy(signal: AbortSignal): IsolateLeakError {
  return new IsolateLeakError('ERR_ABORTED', 'reading the heap snapshot was aborted by its signal', {
    cause: signal.reason,
  })
}

function isSource(source: unknown): source is string | Readable {
  if (typeof source === 'string') return true
  return (
    typeof source === 'object' && source !== null && Symbol.asyncIterator in source && 'destroy' in source
  )
}
