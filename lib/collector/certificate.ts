import { generateKeyPair, randomBytes, sign } from 'node:crypto'
import { promisify } from 'node:util'
import {
  bits,
  explicit,
  identifier,
  implicit,
  integer,
  octets,
  sequence,
  set,
  text,
  time,
  yes,
} from './der.js'

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
