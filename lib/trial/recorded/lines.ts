const NEWLINE = 0x0a
const RETURN = 0x0d

/** Cuts bytes into lines, and holds one line of at most so many bytes; nothing is held of what is longer. */
export class Lines {
  readonly #maxBytes: number
  #begun: Buffer[] = []
  #begunBytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Lines that end in this piece, without their ends; `null` for one that is too long. */
  *of(piece: Buffer): Generator<Buffer | null, void> {
    let at = 0
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, at)) {
      yield this.#end(piece.subarray(at, end))
      at = end + 1
    }
    this.#begin(piece.subarray(at))
  }

  /** The last one, where it had no end. */
  *rest(): Generator<Buffer | null, void> {
    if (this.#begunBytes > 0) yield this.#end(Buffer.alloc(0))
  }

  /** Copied, since the piece as a whole would stay in memory. */
  #begin(bytes: Buffer): void {
    this.#begunBytes += bytes.length
    if (this.#begunBytes > this.#maxBytes) this.#begun = []
    else if (bytes.length > 0) this.#begun.push(Buffer.from(bytes))
  }

  #end(bytes: Buffer): Buffer | null {
    const isTooLong = this.#begunBytes + bytes.length > this.#maxBytes
    const line = this.#begun.length === 0 ? bytes : Buffer.concat([...this.#begun, bytes])
    this.#begun = []
    this.#begunBytes = 0
    if (isTooLong) return null
    return line.at(-1) === RETURN ? line.subarray(0, -1) : line
  }
}
