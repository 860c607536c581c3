import { uncompressed } from './uncompressed.js'

/** Before a message: whether it is compressed (1 byte) and how long it is (4). */
const headBytes = 5

/** Cuts the body of a gRPC call into its messages. */
export class GrpcMessages {
  readonly #encoding: string | undefined
  #rest: Buffer = Buffer.alloc(0)

  constructor(encoding: string | undefined) {
    this.#encoding = encoding
  }

  /** The messages that are complete with this chunk, uncompressed. */
  *take(chunk: Buffer): Generator<Buffer> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (this.#rest.length >= headBytes) {
      const flag = this.#rest.readUInt8(0)
      if (flag > 1) throw new RangeError(`expected the flag of a gRPC message to be 0 or 1, got ${flag}`)
      const end = headBytes + this.#rest.readUInt32BE(1)
      if (this.#rest.length < end) return
      const message = this.#rest.subarray(headBytes, end)
      this.#rest = this.#rest.subarray(end)
      yield flag === 1 ? uncompressed(message, this.#encoding) : message
    }
  }

  /** @throws RangeError when the last message is not complete */
  assertEnded(): void {
    if (this.#rest.length > 0) throw new RangeError('the last message of a gRPC call is cut off')
  }
}
