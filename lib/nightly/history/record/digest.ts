import { createHash } from 'node:crypto'

const DIGITS = 16

/** The first 16 hexadecimal digits of the SHA-256 of a value's JSON. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, DIGITS)
}
