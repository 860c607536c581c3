import { generateKeyPair, randomBytes, sign } from 'node:crypto'
import { promisify } from 'node:util'

/** One element of DER: tag, length, content. */
const element = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content)
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body])
  const digits = body.length.toString(16)
  const length = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, body])
}

const sequence = (...content: readonly Uint8Array[]): Buffer => element(0x30, ...content)

const set = (...content: readonly Uint8Array[]): Buffer => element(0x31, ...content)

/** `[n]` around other elements. */
const explicit = (n: number, ...content: readonly Uint8Array[]): Buffer => element(0xa0 | n, ...content)

/** `[n]` in place of the tag of a plain value. */
const implicit = (n: number, content: Uint8Array): Buffer => element(0x80 | n, content)

/** A number of any length, big-endian; it must not begin with a set bit, which would make it negative. */
const integer = (bytes: Uint8Array): Buffer => element(0x02, bytes)

const yes: Buffer = element(0x01, Buffer.of(0xff))

export const octets = (...content: readonly Uint8Array[]): Buffer => element(0x04, ...content)

/** @param unused bits at the end that carry nothing */
const bits = (content: Uint8Array, unused = 0): Buffer => element(0x03, Buffer.of(unused), content)

const text = (value: string): Buffer => element(0x0c, Buffer.from(value))

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

/** PEM. The certificate is its own authority: `NODE_EXTRA_CA_CERTS` takes it as it is. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

const dayMs = 24 * 3_600_000

const ecdsaWithSha256 = sequence(identifier('1.2.840.10045.4.3.2'))
const commonName = sequence(set(sequence(identifier('2.5.4.3'), text('isolate-leak collector'))))

const extension = (name: string, value: Uint8Array, critical = false): Buffer =>
  sequence(identifier(name), ...(critical ? [yes] : []), octets(value))

const extensions = (): Buffer =>
  sequence(
    // An authority that may sign, which is also the server itself.
    extension('2.5.29.19', sequence(yes), true),
    extension('2.5.29.15', bits(Buffer.of(0x84), 2), true),
    extension('2.5.29.37', sequence(identifier('1.3.6.1.5.5.7.3.1'))),
    extension(
      '2.5.29.17',
      sequence(
        implicit(2, Buffer.from('localhost')),
        implicit(7, Buffer.of(127, 0, 0, 1)),
        implicit(7, Buffer.concat([Buffer.alloc(15), Buffer.of(1)])),
      ),
    ),
  )

const positive = (): Buffer => {
  const bytes = randomBytes(16)
  // Neither negative nor with a leading zero, which DER does not allow.
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0)
  return bytes
}

/**
 * A new key and a certificate (X.509 version 3, RFC 5280; ECDSA with P-256) for `localhost`, `127.0.0.1` and `::1`, valid
 * from yesterday for thirty days. Nothing trusts it but who is told to.
 */
export const makeCertificate = async (): Promise<Certificate> => {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'prime256v1' })
  const now = Date.now()
  const content = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(positive()),
    ecdsaWithSha256,
    commonName,
    sequence(time(new Date(now - dayMs)), time(new Date(now + 30 * dayMs))),
    commonName,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, extensions()),
  )
  const signed = sequence(content, ecdsaWithSha256, bits(sign('sha256', content, privateKey)))
  const lines = signed.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  }
}
