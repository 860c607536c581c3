import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { IsolateLeakError } from '../../errors.js'

const PIECE_BYTES = 256 * 1024
const GZIP = 0x8b1f
const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/**
 * The bytes of a file, piece by piece, uncompressed where it is gzip, without the mark that some programs put first.
 * @param what is expected, for messages: `a HAR file`
 * @throws IsolateLeakError `ERR_RECORDING` where it cannot be read to its end
 */
export async function* openRecording(path: string, what: string): AsyncGenerator<Buffer, void> {
  const unreadable = (got: string, cause?: unknown): IsolateLeakError =>
    badRecording(`expected ${what} at ${path}, got ${got}`, cause)
  let handle: FileHandle
  try {
    handle = await open(path)
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw unreadable(isMissing ? 'no file' : messageOf(cause), cause)
  }
  try {
    if (!(await handle.stat()).isFile()) throw unreadable('something that is no file')
    let isFirst = true
    for await (const piece of await piecesOf(handle)) {
      yield isFirst && piece.indexOf(BYTE_ORDER_MARK) === 0 ? piece.subarray(BYTE_ORDER_MARK.length) : piece
      isFirst = false
    }
    if (isFirst) throw unreadable('an empty file')
  } catch (cause) {
    throw cause instanceof IsolateLeakError ? cause : unreadable(messageOf(cause), cause)
  } finally {
    await handle.close().catch(() => undefined)
  }
}

async function piecesOf(handle: FileHandle): Promise<AsyncIterable<Buffer>> {
  const start = Buffer.alloc(2)
  await handle.read(start, 0, 2, 0)
  const file = handle.createReadStream({ start: 0, highWaterMark: PIECE_BYTES, autoClose: false })
  if (start.readUInt16LE() !== GZIP) return file as AsyncIterable<Buffer>
  // What goes wrong is thrown where the pieces are read.
  return pipeline(file, createGunzip({ chunkSize: PIECE_BYTES }), () => undefined) as AsyncIterable<Buffer>
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** A recording that cannot be used. */
export function badRecording(message: string, cause?: unknown): IsolateLeakError {
  return new IsolateLeakError('ERR_RECORDING', message, cause === undefined ? undefined : { cause })
}
