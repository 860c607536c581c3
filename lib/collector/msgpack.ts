/** Reads a msgpack document from its beginning; whoever reads knows what comes next. Counting needs no objects. */
export class MsgpackReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get ended(): boolean {
    return this.#at === this.#bytes.length
  }

  /** Elements of the list that comes; 0 for nil. */
  list(): number {
    const type = this.#unsigned(1)
    if (type >= 0x90 && type <= 0x9f) return type & 0x0f
    if (type === 0xdc) return this.#unsigned(2)
    if (type === 0xdd) return this.#unsigned(4)
    if (type === 0xc0) return 0
    throw unexpected('a list', type)
  }

  /** Pairs of the map that comes; 0 for nil. */
  map(): number {
    const type = this.#unsigned(1)
    if (type >= 0x80 && type <= 0x8f) return type & 0x0f
    if (type === 0xde) return this.#unsigned(2)
    if (type === 0xdf) return this.#unsigned(4)
    if (type === 0xc0) return 0
    throw unexpected('a map', type)
  }

  /** The text or the whole number that comes; anything else is passed over and gives `undefined`. */
  scalar(): string | number | undefined {
    const type = this.#bytes[this.#at]
    if (type === undefined) throw cutOff()
    if (type < 0x80) return this.#unsigned(1)
    if (type >= 0xcc && type <= 0xce) {
      this.#at += 1
      return this.#unsigned((1 << (type - 0xcc)) as 1 | 2 | 4)
    }
    const length = this.#textLength(type)
    if (length === undefined) {
      this.skip()
      return undefined
    }
    const start = this.#at
    return this.#bytes.toString('utf8', start, this.#pass(length))
  }

  /** Passes over the value that comes, with all that is in it. */
  skip(): void {
    for (let left = 1; left > 0; left -= 1) left += this.#skipHead()
  }

  /** Passes over one value without its elements. @returns how many elements follow */
  #skipHead(): number {
    const type = this.#bytes[this.#at]
    if (type === undefined) throw cutOff()
    if ((type >= 0x80 && type <= 0x8f) || type === 0xde || type === 0xdf) return 2 * this.map()
    if ((type >= 0x90 && type <= 0x9f) || type === 0xdc || type === 0xdd) return this.list()
    const length = this.#textLength(type)
    if (length !== undefined) {
      this.#pass(length)
      return 0
    }
    this.#at += 1
    if (type < 0x80 || type >= 0xe0 || type === 0xc0 || type === 0xc2 || type === 0xc3) return 0
    const size = fixedSizes.get(type)
    if (size !== undefined) this.#pass(size)
    else if (type >= 0xc4 && type <= 0xc6) this.#pass(this.#unsigned((1 << (type - 0xc4)) as 1 | 2 | 4))
    else if (type >= 0xc7 && type <= 0xc9) this.#pass(1 + this.#unsigned((1 << (type - 0xc7)) as 1 | 2 | 4))
    else throw unexpected('a value', type)
    return 0
  }

  /** Length of the text that comes, its head passed; `undefined` when no text comes. */
  #textLength(type: number): number | undefined {
    if (type >= 0xa0 && type <= 0xbf) return this.#unsigned(1) & 0x1f
    if (type < 0xd9 || type > 0xdb) return undefined
    this.#at += 1
    return this.#unsigned((1 << (type - 0xd9)) as 1 | 2 | 4)
  }

  #unsigned(size: 1 | 2 | 4): number {
    const start = this.#at
    this.#pass(size)
    return this.#bytes.readUIntBE(start, size)
  }

  #pass(size: number): number {
    this.#at += size
    if (this.#at > this.#bytes.length) throw cutOff()
    return this.#at
  }
}

/** Numbers and extensions of a known size, by type. */
const fixedSizes: ReadonlyMap<number, number> = new Map([
  ...([
    [0xca, 4],
    [0xcb, 8],
    [0xcc, 1],
    [0xcd, 2],
    [0xce, 4],
    [0xcf, 8],
  ] as const),
  ...([
    [0xd0, 1],
    [0xd1, 2],
    [0xd2, 4],
    [0xd3, 8],
  ] as const),
  ...([
    [0xd4, 2],
    [0xd5, 3],
    [0xd6, 5],
    [0xd7, 9],
    [0xd8, 17],
  ] as const),
])

const cutOff = (): RangeError => new RangeError('a msgpack document is cut off')

const unexpected = (expected: string, type: number): TypeError =>
  new TypeError(`expected ${expected} in a msgpack document, got type 0x${type.toString(16)}`)
