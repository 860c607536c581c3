import { SnapshotInvalidError } from '../snapshot-invalid-error.js'
import { allocate } from './allocate.js'
import { type ByteWindow, isWhitespace, nextPiece } from './byte-window.js'
import type { StringTable } from '../snapshot-columns.js'

/** Strings of a page, a power of two. */
const PAGE_BITS = 14
const STRINGS_PER_PAGE: number = 1 << PAGE_BITS

/** As many strings as there are in {@link ends}, as they are in the file: UTF-8 with JSON's escapes. */
interface StringPage {
  readonly bytes: Buffer
  /** Where each string ends in the bytes; it begins where the one before it ends. */
  readonly ends: Uint32Array
}

/** Strings of a snapshot as its bytes, in pages of {@link STRINGS_PER_PAGE} strings; the last may have fewer. */
export class StringPages implements StringTable {
  readonly length: number
  readonly #pages: readonly StringPage[]

  constructor(pages: readonly StringPage[]) {
    this.#pages = pages
    this.length = pages.reduce((sum, { ends }) => sum + ends.length, 0)
  }

  get(position: number): string {
    const page = this.#pages[position >>> PAGE_BITS]
    const within = position & (STRINGS_PER_PAGE - 1)
    const end = page?.ends[within]
    if (page === undefined || end === undefined || position !== position >>> 0)
      throw new RangeError(`expected a string's position below ${this.length}, got ${position}`)
    return decode(page.bytes, page.ends[within - 1] ?? 0, end)
  }

  indexOf(text: string): number {
    const wanted = Buffer.from(text)
    for (const [index, { bytes, ends }] of this.#pages.entries()) {
      let start = 0
      for (let within = 0; within < ends.length; within++) {
        const end = ends[within] as number
        if (mayBe(wanted, bytes, start, end) && decode(bytes, start, end) === text)
          return index * STRINGS_PER_PAGE + within
        start = end
      }
    }
    return -1
  }
}

/** Whether it is worth decoding: where no escape comes first, the beginnings are the same. */
function mayBe(wanted: Buffer, bytes: Buffer, start: number, end: number): boolean {
  const { length } = wanted
  if (length === 0 || end === start) return length === end - start
  // An escape takes at most six bytes for one of text.
  if (end - start > length * 6) return false
  const compared = Math.min(length, end - start)
  for (let index = 0; index < compared; index++) {
    const byte = bytes[start + index]
    if (byte === BACKSLASH || (byte as number) >= 0x80) return true
    if (byte !== wanted[index]) return false
  }
  return length === end - start
}

function decode(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end)
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text
}

const BACKSLASH = 0x5c

/** Longest string, bytes with escapes: half of what V8 can have in one. */
const MAX_STRING_BYTES = 2 ** 28
/** Most bytes of a page: with V8's own limit of 1,024 characters a string it has less than a tenth of this. */
const MAX_PAGE_BYTES = 2 ** 30
const MAX_STRINGS = 2 ** 32 - 1

type State = 'first' | 'value' | 'string' | 'separator'

const EXPECTED: Readonly<Record<State, string>> = {
  first: "a string or ']'",
  value: 'a string',
  string: 'the end of a string',
  separator: "',' or ']'",
}

/** Reads a JSON list of strings, from behind its bracket to its end, checks its escapes, and keeps its bytes. */
export class StringScanner {
  readonly #pages: StringPage[] = []
  /** Of the page that is being read. */
  #bytes = new Uint8Array(2 ** 16)
  #ends = new Uint32Array(STRINGS_PER_PAGE)
  #size = 0
  #count = 0
  #state: State = 'first'
  #escape = 0

  /** Takes all of the piece, or up to the end of the list; whether that was reached. */
  #consume(window: ByteWindow): boolean {
    const { bytes } = window
    while (window.at < bytes.length) {
      if (this.#state === 'string') {
        this.#scanString(window)
        continue
      }
      const byte = bytes[window.at] as number
      if (!isWhitespace(byte)) {
        const isOpen = this.#state === 'separator' || this.#state === 'first'
        if (byte === 0x5d && isOpen) {
          window.at++
          return true
        }
        if (byte !== (this.#state === 'separator' ? 0x2c : 0x22)) throw window.invalid(EXPECTED[this.#state])
        this.#state = this.#state === 'separator' ? 'value' : 'string'
      }
      window.at++
    }
    return false
  }

  *read(window: ByteWindow): Generator<undefined, StringPages> {
    while (!this.#consume(window)) yield* nextPiece(window, EXPECTED[this.#state])
    this.#endPage()
    this.#bytes = new Uint8Array(0)
    return new StringPages(this.#pages)
  }

  /** Takes what belongs to the string, with its closing quote. */
  #scanString(window: ByteWindow): void {
    this.#reserve(window.bytes.length - window.at)
    const { bytes } = window
    const { length } = bytes
    const kept = this.#bytes
    let size = this.#size
    let at = window.at
    let byte = 0
    while (at < length) {
      byte = bytes[at] as number
      if (byte === 0x22 || byte === 0x5c || byte < 0x20 || this.#escape > 0) {
        if (this.#escape > 0) {
          const next = escapeStep(this.#escape, byte)
          if (next < 0) {
            window.at = at
            throw window.invalid(expectedOfEscape(this.#escape))
          }
          this.#escape = next
        } else if (byte === 0x5c) this.#escape = AFTER_BACKSLASH
        else break
      }
      kept[size++] = byte
      at++
    }
    window.at = at
    const start = this.#count === 0 ? 0 : (this.#ends[this.#count - 1] as number)
    if (size - start > MAX_STRING_BYTES)
      throw new SnapshotInvalidError(
        window.offset,
        `expected strings of up to ${MAX_STRING_BYTES} bytes, got a longer one`,
      )
    if (size > MAX_PAGE_BYTES)
      throw new SnapshotInvalidError(
        window.offset,
        `expected up to ${MAX_PAGE_BYTES} bytes in ${STRINGS_PER_PAGE} strings, got more`,
      )
    this.#size = size
    if (at === length) return
    if (byte !== 0x22) throw window.invalid('no control characters in a string')
    window.at++
    this.#endString(window)
  }

  #endString(window: ByteWindow): void {
    this.#state = 'separator'
    this.#ends[this.#count++] = this.#size
    if (this.#count === STRINGS_PER_PAGE) this.#endPage()
    if (this.#pages.length * STRINGS_PER_PAGE + this.#count > MAX_STRINGS)
      throw new SnapshotInvalidError(window.offset, `expected up to ${MAX_STRINGS} strings, got more`)
  }

  #endPage(): void {
    if (this.#count === 0) return
    const bytes = Buffer.from(this.#bytes.slice(0, this.#size).buffer)
    this.#pages.push({ bytes, ends: this.#ends.slice(0, this.#count) })
    this.#size = 0
    this.#count = 0
  }

  #reserve(more: number): void {
    const needed = this.#size + more
    if (needed <= this.#bytes.length) return
    const larger = allocate(Uint8Array, Math.max(needed, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#size))
    this.#bytes = larger
  }
}

/** State of reading an escape of a JSON string: 0 outside of one, {@link AFTER_BACKSLASH}, or hexadecimal digits to come. */
type EscapeState = number

export const AFTER_BACKSLASH: EscapeState = 5
const SIMPLE = new Set(Array.from('"\\/bfnrt', char => char.charCodeAt(0)))

/** State after one more byte of an escape; -1 where the byte does not fit. */
export function escapeStep(state: EscapeState, byte: number): EscapeState {
  if (state !== AFTER_BACKSLASH) return isHexadecimal(byte) ? state - 1 : -1
  if (byte === 0x75) return 4
  return SIMPLE.has(byte) ? 0 : -1
}

/** What a byte of an escape has to be, in words. */
export function expectedOfEscape(state: EscapeState): string {
  return state === AFTER_BACKSLASH ? 'one of "\\/bfnrtu after \\' : 'four hexadecimal digits after \\u'
}

function isHexadecimal(byte: number): boolean {
  const letter = byte | 0x20
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66)
}
