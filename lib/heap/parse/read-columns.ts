import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { IsolateLeakError } from '../../errors.js'
import type { ReadHeapSnapshotOptions, SnapshotPhase } from '../read-options.js'
import type { SnapshotColumns } from '../snapshot-columns.js'
import { ByteWindow } from './byte-window.js'
import { parseSnapshot } from './parse-snapshot.js'
import { type FileHandle, open } from 'node:fs/promises'

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

/** Bytes that are read, or parsed, at a time: a few milliseconds' work, in between the event loop goes on. */
const PIECE_BYTES = 2 ** 20

/** Bytes of a source, one piece at a time; a piece is good until the next one is asked for. */
interface Pieces {
  /** Bytes of the whole, `null` where that is not known. */
  readonly totalBytes: number | null
  /** @throws IsolateLeakError `ERR_SNAPSHOT_READ` */
  readonly pieces: AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/** @throws IsolateLeakError `ERR_SNAPSHOT_READ` for a file that cannot be opened */
async function piecesOfFile(path: string): Promise<Pieces> {
  const unreadable = (cause: unknown): IsolateLeakError =>
    new IsolateLeakError('ERR_SNAPSHOT_READ', `expected a heap snapshot at ${path}, got ${reasonOf(cause)}`, {
      cause,
    })
  let handle: FileHandle
  try {
    handle = await open(path)
  } catch (cause) {
    throw unreadable(cause)
  }
  try {
    const stats = await handle.stat()
    const isSized = stats.isFile() && stats.size > 0
    return {
      totalBytes: isSized ? stats.size : null,
      pieces: readPieces(handle, unreadable),
      close: () => handle.close(),
    }
  } catch (cause) {
    await handle.close()
    throw unreadable(cause)
  }
}

async function* readPieces(
  handle: FileHandle,
  unreadable: (cause: unknown) => IsolateLeakError,
): AsyncGenerator<Uint8Array, void> {
  const buffer = new Uint8Array(PIECE_BYTES)
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, PIECE_BYTES).catch((cause: unknown) => {
      throw unreadable(cause)
    })
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

/** Pieces of a stream, which is destroyed when it is closed before its end. */
function piecesOfStream(stream: Readable): Pieces {
  return {
    totalBytes: null,
    pieces: streamPieces(stream),
    close: () => {
      stream.destroy()
      return Promise.resolve()
    },
  }
}

async function* streamPieces(stream: Readable): AsyncGenerator<Uint8Array, void> {
  const chunks: AsyncIterator<unknown> = stream[Symbol.asyncIterator]()
  for (;;) {
    const result = await chunks.next().catch((cause: unknown) => {
      throw new IsolateLeakError('ERR_SNAPSHOT_READ', `expected a heap snapshot, got ${reasonOf(cause)}`, {
        cause,
      })
    })
    if (result.done === true) return
    const chunk = bytesOf(result.value)
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES)
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk === 'string') return Buffer.from(chunk)
  throw new IsolateLeakError('ERR_SNAPSHOT_READ', `expected a stream of bytes, got one of ${typeof chunk}`)
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
