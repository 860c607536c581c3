/** A field of a message: its number and, by its type on the wire, a whole number or a stretch of bytes. */
export interface Field {
  readonly number: number
  /** For a varint its value, `undefined` for the rest; exact up to 2^53. */
  readonly value: number | undefined
  /** For strings, bytes, messages and packed lists; otherwise `undefined`. */
  readonly bytes: Buffer | undefined
}

const varint = (message: Buffer, start: number): { value: number; end: number } => {
  let value = 0
  let end = start
  for (let scale = 1; ; scale *= 128) {
    const byte = message[end]
    if (byte === undefined || end - start > 9)
      throw new RangeError('a number of a protobuf message does not end')
    end += 1
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return { value, end }
  }
}

const within = (message: Buffer, end: number): number => {
  if (end > message.length) throw new RangeError('a field of a protobuf message is cut off')
  return end
}

/**
 * Calls `visit` with the fields of a message in their order, without copying. What the fields mean is up to the reader: counting
 * needs neither schema nor objects.
 * @throws RangeError when the bytes are no message
 */
export const eachField = (message: Buffer, visit: (field: Field) => void): void => {
  let at = 0
  while (at < message.length) {
    const key = varint(message, at)
    const number = Math.floor(key.value / 8)
    if (number === 0) throw new RangeError('a field of a protobuf message has the number 0')
    switch (key.value % 8) {
      case 0: {
        const { value, end } = varint(message, key.end)
        at = end
        visit({ number, value, bytes: undefined })
        break
      }
      case 1:
        at = within(message, key.end + 8)
        visit({ number, value: undefined, bytes: undefined })
        break
      case 2: {
        const { value, end } = varint(message, key.end)
        at = within(message, end + value)
        visit({ number, value: undefined, bytes: message.subarray(end, at) })
        break
      }
      case 5:
        at = within(message, key.end + 4)
        visit({ number, value: undefined, bytes: undefined })
        break
      default:
        throw new RangeError(`a field of a protobuf message has the unknown type ${key.value % 8}`)
    }
  }
}

/**
 * Calls `visit` with the messages at the end of a path of field numbers, for example `[1, 2, 2]` for the spans in a request.
 */
export const eachMessage = (
  message: Buffer,
  path: readonly number[],
  visit: (message: Buffer) => void,
): void => {
  const [first, ...rest] = path
  if (first === undefined) {
    visit(message)
    return
  }
  eachField(message, ({ number, bytes }) => {
    if (number === first && bytes !== undefined) eachMessage(bytes, rest, visit)
  })
}
