/**
 * Control characters but tabs and line ends, halves of surrogate pairs, what reverses the direction of what follows, and what
 * is no character. XML 1.0 forbids most of them, and none can be read.
 */
const UNREADABLE = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/gu

/** A text with a replacement character in place of each character that cannot be read or is not what it looks like. */
export function visibleText(text: string): string {
  return text.replaceAll(UNREADABLE, '\uFFFD')
}

/** The same on one line. */
export function oneLine(text: string): string {
  return visibleText(text).replaceAll(/\s+/gu, ' ').trim()
}
