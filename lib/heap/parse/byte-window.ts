import { SnapshotInvalidError } from '../snapshot-invalid-error.js'

/** The bytes of a snapshot that are in memory: one piece at a time. Readers take all of a piece before the next one comes. */
export class ByteWindow {
  bytes: Uint8Array = new Uint8Array(0)
  /** Next byte to be read, position in `bytes`. */
  at = 0
  /** Offset of `bytes[0]` in the whole. */
  base = 0
  /** Whether no further piece will come. */
  isLast = false
  /** Bytes of the whole, `null` where that is not known in advance. */
  readonly total: number | null

  constructor(total: number | null) {
    this.total = total
  }

  /** Offset of the next byte in the whole. */
  get offset(): number {
    return this.base + this.at
  }

  fill(piece: Uint8Array): void {
    this.base += this.bytes.length
    // Of one class whatever comes, as the loops over it are compiled for what they have seen.
    this.bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength)
    this.at = 0
  }

  /** @param expected what should be at the next byte */
  invalid(expected: string): SnapshotInvalidError {
    const byte = this.bytes[this.at]
    const got = byte === undefined ? 'the end' : describeByte(byte)
    return new SnapshotInvalidError(this.offset, `expected ${expected}, got ${got}`)
  }
}

/** Waits for the next piece. */
export function* nextPiece(window: ByteWindow, expected: string): Generator<undefined, void> {
  yield undefined
  if (window.isLast) throw window.invalid(expected)
}

export function isWhitespace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** The next byte that is no whitespace; it is not taken. */
export function* peek(window: ByteWindow, expected: string): Generator<undefined, number> {
  for (;;) {
    while (isWhitespace(window.bytes[window.at])) window.at++
    const byte = window.bytes[window.at]
    if (byte !== undefined) return byte
    yield* nextPiece(window, expected)
  }
}

/** Takes one byte after whitespace. */
export function* take(window: ByteWindow, char: string): Generator<undefined, void> {
  const expected = `'${char}'`
  if ((yield* peek(window, expected)) !== char.charCodeAt(0)) throw window.invalid(expected)
  window.at++
}

function describeByte(byte: number): string {
  if (byte > 0x20 && byte < 0x7f) return `'${String.fromCharCode(byte)}'`
  return `byte 0x${byte.toString(16).padStart(2, '0')}`
}
