import { SnapshotInvalidError } from '../snapshot-invalid-error.js'
import { isWhitespace, nextPiece } from './byte-window.js'
import type { ByteWindow } from './byte-window.js'
import { AFTER_BACKSLASH, escapeStep, expectedOfEscape } from './string-scanner.js'

const MAX_DEPTH = 1000
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/
const MAX_SCALAR_BYTES = 400

type State = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'after' | 'string' | 'scalar'

const EXPECTED: Readonly<Record<State, string>> = {
  value: 'a value',
  'value-or-end': "a value or ']'",
  key: 'a property name',
  'key-or-end': "a property name or '}'",
  colon: "':'",
  after: "',' or the end of a list or an object",
  string: 'the end of a string',
  scalar: 'the end of a number or word',
}

/** Reads one JSON value of any kind, checks that it is one, and keeps its bytes where it is asked to. */
export class JsonSkipper {
  #state: State = 'value'
  readonly #isList: boolean[] = []
  #isKey = false
  #escape = 0
  #scalar = ''
  readonly #keep: { bytes: number[]; maxBytes: number } | null

  /** @param keepMaxBytes most bytes to keep, more are invalid; 0 keeps none */
  constructor(keepMaxBytes = 0) {
    this.#keep = keepMaxBytes > 0 ? { bytes: [], maxBytes: keepMaxBytes } : null
  }

  /** The value's bytes as text. */
  get text(): string {
    return Buffer.from(this.#keep?.bytes ?? []).toString('utf8')
  }

  *read(window: ByteWindow): Generator<undefined, void> {
    while (!this.#consume(window)) yield* nextPiece(window, EXPECTED[this.#state])
  }

  /** Takes what belongs to the value; whether it is complete. */
  #consume(window: ByteWindow): boolean {
    const { bytes } = window
    while (window.at < bytes.length) {
      const byte = bytes[window.at] as number
      if (this.#state === 'scalar' && !isScalarByte(byte)) {
        this.#endScalar(window)
        if (this.#isList.length === 0) return true
        continue
      }
      this.#step(byte, window)
      window.at++
      if (this.#keep !== null) this.#keepByte(byte, this.#keep, window)
      if (this.#state === 'after' && this.#isList.length === 0) return true
    }
    return false
  }

  #keepByte(byte: number, keep: { bytes: number[]; maxBytes: number }, window: ByteWindow): void {
    if (keep.bytes.length === keep.maxBytes)
      throw new SnapshotInvalidError(window.offset, `expected at most ${keep.maxBytes} bytes here, got more`)
    keep.bytes.push(byte)
  }

  #step(byte: number, window: ByteWindow): void {
    if (this.#state === 'string') {
      this.#stringStep(byte, window)
      return
    }
    if (this.#state === 'scalar') {
      this.#scalar += String.fromCharCode(byte)
      if (this.#scalar.length > MAX_SCALAR_BYTES) throw window.invalid(EXPECTED.scalar)
      return
    }
    if (isWhitespace(byte)) return
    const next = this.#next(String.fromCharCode(byte), window)
    if (next === null) throw window.invalid(EXPECTED[this.#state])
    this.#state = next
  }

  #next(char: string, window: ByteWindow): State | null {
    switch (this.#state) {
      case 'key-or-end':
        if (char === '}') return this.#close()
        return this.#openKey(char)
      case 'key':
        return this.#openKey(char)
      case 'colon':
        return char === ':' ? 'value' : null
      case 'after':
        if (char === ',') return this.#isList.at(-1) === true ? 'value' : 'key'
        return char === (this.#isList.at(-1) === true ? ']' : '}') ? this.#close() : null
      case 'value-or-end':
        if (char === ']') return this.#close()
        return this.#openValue(char, window)
      case 'value':
      case 'string':
      case 'scalar':
        return this.#openValue(char, window)
    }
  }

  #openKey(char: string): State | null {
    this.#isKey = true
    return char === '"' ? 'string' : null
  }

  #openValue(char: string, window: ByteWindow): State | null {
    if (char === '[' || char === '{') {
      if (this.#isList.length === MAX_DEPTH) throw window.invalid(`at most ${MAX_DEPTH} lists within another`)
      this.#isList.push(char === '[')
      return char === '[' ? 'value-or-end' : 'key-or-end'
    }
    this.#isKey = false
    if (char === '"') return 'string'
    if (!isScalarByte(char.charCodeAt(0))) return null
    this.#scalar = char
    return 'scalar'
  }

  #close(): State {
    this.#isList.pop()
    return 'after'
  }

  #stringStep(byte: number, window: ByteWindow): void {
    if (this.#escape > 0) {
      const next = escapeStep(this.#escape, byte)
      if (next < 0) throw window.invalid(expectedOfEscape(this.#escape))
      this.#escape = next
    } else if (byte === 0x22) this.#state = this.#isKey ? 'colon' : 'after'
    else if (byte === 0x5c) this.#escape = AFTER_BACKSLASH
    else if (byte < 0x20) throw window.invalid('no control characters in a string')
  }

  #endScalar(window: ByteWindow): void {
    if (!SCALAR.test(this.#scalar))
      throw new SnapshotInvalidError(
        window.offset,
        `expected a number, true, false or null, got ${this.#scalar.slice(0, 40)}`,
      )
    this.#state = 'after'
  }
}

/** Letters, digits and the signs of numbers. */
function isScalarByte(byte: number): boolean {
  const letter = byte | 0x20
  if (letter >= 0x61 && letter <= 0x7a) return true
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e
}
