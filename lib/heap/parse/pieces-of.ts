import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { IsolateLeakError } from '../../errors.js'

/** Bytes that are read, or parsed, at a time: a few milliseconds' work, in between the event loop goes on. */
const PIECE_BYTES = 2 ** 20

/** Bytes of a source, one piece at a time; a piece is good until the next one is asked for. */
export interface Pieces {
  /** Bytes of the whole, `null` where that is not known. */
  readonly totalBytes: number | null
  /** @throws IsolateLeakError `ERR_SNAPSHOT_READ` */
  readonly pieces: AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/** @throws IsolateLeakError `ERR_SNAPSHOT_READ` for a file that cannot be opened */
export async function piecesOfFile(path: string): Promise<Pieces> {
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
export function piecesOfStream(stream: Readable): Pieces {
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
