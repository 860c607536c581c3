import { SnapshotInvalidError } from '../snapshot-invalid-error.js'
import { isWhitespace, nextPiece } from './byte-window.js'
import type { ByteWindow } from './byte-window.js'

/** Takes rows of numbers. */
export interface RowSink {
  /** Numbers in a row. */
  readonly width: number
  /**
   * @param values whole rows; a number above 32 bit is 4,294,967,295 here and as it is in `large`
   * @param large numbers above 32 bit by their position in `values`
   * @returns what is wrong, `null` where nothing is
   */
  accept(values: Uint32Array, rows: number, large: ReadonlyMap<number, number>): RowProblem | null
}

/** A number that does not fit. */
export interface RowProblem {
  /** Position in the values. */
  readonly at: number
  /** What was expected and what was got. */
  readonly sentence: string
}

/** Values that are handed over at a time, at most: as many as stay in the processor's cache. */
const BATCH = 16_384
/** Longest number of the fast way with all that can follow it, bytes. */
const MARGIN = 24
const MAX_32_BIT = 0xffff_ffff

/** Before the first value, before a value, within one, after one. */
type State = 'first' | 'value' | 'digits' | 'separator'

/**
 * Reads a JSON list of whole numbers that are not negative, from behind its bracket to its end, in rows.
 *
 * Nearly all of a snapshot is such lists, so there are two ways to read them. The fast one knows numbers of up to nine digits
 * with a comma behind, or a line break and a comma, as V8 writes them, all within one piece of the input. Everything else, and
 * everything that is wrong, is left to the careful one, which goes byte by byte.
 */
export class IntegerScanner {
  readonly #sink: RowSink
  readonly #what: string
  readonly #values: Uint32Array
  readonly #large = new Map<number, number>()
  #count = 0
  #state: State = 'first'
  /** Number that is being read, its digits so far, and where it began. */
  #value = 0
  #digits = 0
  #valueOffset = 0
  /** Where the values from `#segmentFirst` on begin in the piece; offsets of those before it. */
  #segmentAt = 0
  #segmentFirst = 0
  #segmentValueOffset = -1
  readonly #carriedOffsets: number[] = []

  /** @param what the list, for messages */
  constructor(sink: RowSink, what: string) {
    this.#sink = sink
    this.#what = what
    this.#values = new Uint32Array(Math.floor(BATCH / sink.width) * sink.width)
  }

  *read(window: ByteWindow): Generator<undefined, void> {
    this.#beginSegment(window)
    while (!this.#consume(window)) {
      yield* nextPiece(window, `the end of ${this.#what}`)
      this.#beginSegment(window)
    }
  }

  /** As `#scan`; of two things that are wrong the first is told, whatever the pieces. */
  #consume(window: ByteWindow): boolean {
    try {
      return this.#scan(window)
    } catch (error) {
      this.#flush(window)
      throw error
    }
  }

  /** Takes all of the piece, or up to the end of the list; whether that was reached. */
  #scan(window: ByteWindow): boolean {
    for (;;) {
      if (this.#state === 'value' || this.#state === 'first') this.#scanFast(window)
      const isEnd = this.#count < this.#values.length && this.#scanCarefully(window)
      if (isEnd || window.at === window.bytes.length || this.#count === this.#values.length)
        this.#flush(window)
      if (isEnd && this.#count > 0)
        throw new SnapshotInvalidError(
          window.offset - 1,
          `expected ${this.#sink.width} numbers in each row of ${this.#what}, got ${this.#count} in the last`,
        )
      if (isEnd || window.at === window.bytes.length) return isEnd
    }
  }

  #scanFast(window: ByteWindow): void {
    const values = this.#values
    const { bytes } = window
    const end = bytes.length - MARGIN
    const { length } = values
    let count = this.#count
    let at = window.at
    let isAfterValue = false
    while (at < end && count < length) {
      const first = (bytes[at] as number) - 48
      if (first >>> 0 > 9) break
      const start = at
      let value = first
      let digit = (bytes[++at] as number) - 48
      while (digit >>> 0 <= 9 && at - start < 10) {
        value = (Math.imul(value, 10) + digit) | 0
        digit = (bytes[++at] as number) - 48
      }
      if (at - start > 9 || (first === 0 && at - start > 1)) {
        at = start
        break
      }
      values[count++] = value
      if (digit === -4) at++
      else if (digit === -38 && bytes[at + 1] === 0x2c) at += 2
      else {
        isAfterValue = true
        break
      }
    }
    if (count > this.#count) this.#state = isAfterValue ? 'separator' : 'value'
    this.#count = count
    window.at = at
  }

  /** Up to a comma, the end of the piece, or the end of the list; whether that was reached. */
  #scanCarefully(window: ByteWindow): boolean {
    const { bytes } = window
    for (; window.at < bytes.length; window.at++) {
      const byte = bytes[window.at] as number
      const isDigit = byte >= 0x30 && byte <= 0x39
      if (this.#state === 'digits') {
        if (isDigit) {
          this.#addDigit(byte - 0x30, window)
          continue
        }
        this.#endValue()
        if (this.#count === this.#values.length) return false
      }
      if (isWhitespace(byte)) continue
      if (this.#state === 'separator') {
        if (byte !== 0x2c && byte !== 0x5d) throw window.invalid("a whole number, then ',' or ']'")
        this.#state = 'value'
        window.at++
        return byte === 0x5d
      }
      if (byte === 0x5d && this.#state === 'first') {
        window.at++
        return true
      }
      if (!isDigit) throw window.invalid('a whole number that is not negative')
      this.#state = 'digits'
      this.#value = byte - 0x30
      this.#digits = 1
      this.#valueOffset = window.offset
    }
    return false
  }

  #addDigit(digit: number, window: ByteWindow): void {
    if (this.#digits === 1 && this.#value === 0) throw window.invalid('no digit after a leading zero')
    this.#value = this.#value * 10 + digit
    this.#digits++
    if (this.#value > Number.MAX_SAFE_INTEGER)
      throw new SnapshotInvalidError(
        this.#valueOffset,
        `expected a number up to ${Number.MAX_SAFE_INTEGER}, got a larger one`,
      )
  }

  #endValue(): void {
    if (this.#value > MAX_32_BIT) this.#large.set(this.#count, this.#value)
    this.#values[this.#count++] = Math.min(this.#value, MAX_32_BIT)
    this.#state = 'separator'
  }

  /** Hands over whole rows and keeps the rest for the next time. */
  #flush(window: ByteWindow): void {
    const { width } = this.#sink
    const rows = Math.floor(this.#count / width)
    const problem = rows === 0 ? null : this.#sink.accept(this.#values, rows, this.#large)
    if (problem !== null) {
      const offset = this.#offsetOf(problem.at, window)
      this.#count = 0
      throw new SnapshotInvalidError(offset, problem.sentence)
    }
    const used = rows * width
    const offsets: number[] = []
    for (let position = used; position < this.#count; position++)
      offsets.push(this.#offsetOf(position, window))
    this.#carriedOffsets.splice(0, Infinity, ...offsets)
    this.#values.copyWithin(0, used, this.#count)
    this.#count -= used
    if (this.#large.size > 0) this.#shiftLarge(used)
    this.#beginSegment(window)
  }

  #shiftLarge(used: number): void {
    const rest = [...this.#large].filter(([position]) => position >= used)
    this.#large.clear()
    for (const [position, value] of rest) this.#large.set(position - used, value)
  }

  #beginSegment(window: ByteWindow): void {
    this.#segmentAt = window.at
    this.#segmentFirst = this.#count
    this.#segmentValueOffset = this.#state === 'digits' ? this.#valueOffset : -1
  }

  /** Where a value begins, found by going back over those that followed it: offsets are needed for few. */
  #offsetOf(position: number, window: ByteWindow): number {
    const carried = this.#carriedOffsets[position]
    if (position < this.#segmentFirst && carried !== undefined) return carried
    let at = window.at
    const isDigitBefore = (): boolean => {
      const byte = window.bytes[at - 1] as number
      return at > this.#segmentAt && byte >= 0x30 && byte <= 0x39
    }
    if (this.#state === 'digits') while (isDigitBefore()) at--
    for (let current = this.#count - 1; current >= position; current--) {
      while (at > this.#segmentAt && !isDigitBefore()) at--
      while (isDigitBefore()) at--
    }
    return at === this.#segmentAt && this.#segmentValueOffset >= 0
      ? this.#segmentValueOffset
      : window.base + at
  }
}
