const varint = (value: number): Buffer => {
  const bytes: number[] = []
  let left = value
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128)
  return Buffer.from([...bytes, left])
}

/** `[number, value]`: a whole number, or text, bytes, a message. */
export type ProtobufField = readonly [number: number, value: number | string | Buffer]

/** A message of protobuf. */
export const protobufOf = (...fields: readonly ProtobufField[]): Buffer =>
  Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === 'number') return Buffer.concat([varint(number * 8), varint(value)])
      const bytes = Buffer.from(value)
      return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes])
    }),
  )

/** A field of eight bytes, as times and identifiers are. */
export const fixed64 = (number: number): Buffer =>
  Buffer.concat([varint(number * 8 + 1), Buffer.alloc(8, 0x7f)])

/** A field of four bytes. */
export const fixed32 = (number: number): Buffer =>
  Buffer.concat([varint(number * 8 + 5), Buffer.alloc(4, 0x7f)])
