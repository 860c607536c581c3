const headed = (type: number, length: number, ...rest: readonly Buffer[]): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt8(type, 0)
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, ...rest])
}

/** A value in the longest forms of msgpack but for the shortest texts, lists and maps. */
export const msgpackOf = (value: unknown): Buffer => {
  if (value === null) return Buffer.of(0xc0)
  if (typeof value === 'boolean') return Buffer.of(value ? 0xc3 : 0xc2)
  if (typeof value === 'bigint') {
    const bytes = Buffer.alloc(9, 0xcf)
    bytes.writeBigUInt64BE(value, 1)
    return bytes
  }
  if (typeof value === 'number' && Number.isInteger(value)) {
    if (value < 0) return Buffer.of(0xd0, value & 0xff)
    return value < 128 ? Buffer.of(value) : headed(0xce, value)
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9, 0xcb)
    bytes.writeDoubleBE(value, 1)
    return bytes
  }
  if (typeof value === 'string') {
    const bytes = Buffer.from(value)
    if (bytes.length < 32) return Buffer.concat([Buffer.of(0xa0 | bytes.length), bytes])
    return headed(0xdb, bytes.length, bytes)
  }
  if (Buffer.isBuffer(value)) return headed(0xc6, value.length, value)
  if (Array.isArray(value)) {
    const parts = value.map(msgpackOf)
    if (parts.length < 16) return Buffer.concat([Buffer.of(0x90 | parts.length), ...parts])
    return headed(0xdd, parts.length, ...parts)
  }
  const pairs = value instanceof Map ? [...value] : Object.entries(value as object)
  const parts = pairs.flat().map(msgpackOf)
  if (pairs.length < 16) return Buffer.concat([Buffer.of(0x80 | pairs.length), ...parts])
  return headed(0xdf, pairs.length, ...parts)
}
