/** One element of DER: tag, length, content. */
const element = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content)
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body])
  const digits = body.length.toString(16)
  const length = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, body])
}

export const sequence = (...content: readonly Uint8Array[]): Buffer => element(0x30, ...content)

export const set = (...content: readonly Uint8Array[]): Buffer => element(0x31, ...content)

/** `[n]` around other elements. */
export const explicit = (n: number, ...content: readonly Uint8Array[]): Buffer =>
  element(0xa0 | n, ...content)

/** `[n]` in place of the tag of a plain value. */
export const implicit = (n: number, content: Uint8Array): Buffer => element(0x80 | n, content)

/** A number of any length, big-endian; it must not begin with a set bit, which would make it negative. */
export const integer = (bytes: Uint8Array): Buffer => element(0x02, bytes)

export const yes: Buffer = element(0x01, Buffer.of(0xff))

export const octets = (...content: readonly Uint8Array[]): Buffer => element(0x04, ...content)

/** @param unused bits at the end that carry nothing */
export const bits = (content: Uint8Array, unused = 0): Buffer => element(0x03, Buffer.of(unused), content)

export const text = (value: string): Buffer => element(0x0c, Buffer.from(value))

/** @param name for example `2.5.4.3` */
export const identifier = (name: string): Buffer => {
  const [first = 0, second = 0, ...rest] = name.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return element(0x06, Buffer.from(bytes))
}

/** A point in time, to the second; the form with two digits of the year ends with 2049. */
export const time = (date: Date): Buffer => {
  const digits = `${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits))
}
