import type { StringTable } from '../string-table.js'

/** Strings of a page, a power of two. */
const PAGE_BITS = 14
export const STRINGS_PER_PAGE: number = 1 << PAGE_BITS

/** As many strings as there are in {@link ends}, as they are in the file: UTF-8 with JSON's escapes. */
export interface StringPage {
  readonly bytes: Buffer
  /** Where each string ends in the bytes; it begins where the one before it ends. */
  readonly ends: Uint32Array
}

/** Strings of a snapshot as its bytes, in pages of {@link STRINGS_PER_PAGE} strings; the last may have fewer. */
export class StringPages implements StringTable {
  readonly length: number
  readonly #pages: readonly StringPage[]

  constructor(pages: readonly StringPage[]) {
    this.#pages = pages
    this.length = pages.reduce((sum, { ends }) => sum + ends.length, 0)
  }

  get(position: number): string {
    const page = this.#pages[position >>> PAGE_BITS]
    const within = position & (STRINGS_PER_PAGE - 1)
    const end = page?.ends[within]
    if (page === undefined || end === undefined || position !== position >>> 0)
      throw new RangeError(`expected a string's position below ${this.length}, got ${position}`)
    return decode(page.bytes, page.ends[within - 1] ?? 0, end)
  }

  indexOf(text: string): number {
    const wanted = Buffer.from(text)
    for (const [index, { bytes, ends }] of this.#pages.entries()) {
      let start = 0
      for (let within = 0; within < ends.length; within++) {
        const end = ends[within] as number
        if (mayBe(wanted, bytes, start, end) && decode(bytes, start, end) === text)
          return index * STRINGS_PER_PAGE + within
        start = end
      }
    }
    return -1
  }
}

/** Whether it is worth decoding: where no escape comes first, the beginnings are the same. */
function mayBe(wanted: Buffer, bytes: Buffer, start: number, end: number): boolean {
  const { length } = wanted
  if (length === 0 || end === start) return length === end - start
  // An escape takes at most six bytes for one of text.
  if (end - start > length * 6) return false
  const compared = Math.min(length, end - start)
  for (let index = 0; index < compared; index++) {
    const byte = bytes[start + index]
    if (byte === BACKSLASH || (byte as number) >= 0x80) return true
    if (byte !== wanted[index]) return false
  }
  return length === end - start
}

function decode(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end)
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text
}

const BACKSLASH = 0x5c
