/**
 * Control characters but tabs and line ends, halves of surrogate pairs, what has no width or reverses the direction of what
 * follows, and what is no character. XML 1.0 forbids many of them, and none can be read.
 */
const UNREADABLE =
  /(?![\t\n\r])\p{Cc}|\p{Cs}|[\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFC\uFFFE\uFFFF]/gu

/** A text with a replacement character in place of each character that cannot be read or is not what it looks like. */
export function visibleText(text: string): string {
  return text.replaceAll(UNREADABLE, '\uFFFD')
}

/** The same with the code of each instead, for example `{U+202E}`: for people, who may want to know. */
export function spelledText(text: string): string {
  return text.replaceAll(UNREADABLE, one =>
    /\p{Cs}/u.test(one)
      ? '\uFFFD'
      : `{U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}}`,
  )
}

/** As {@link visibleText}, on one line. */
export function oneLine(text: string): string {
  return visibleText(text).replaceAll(/\s+/gu, ' ').trim()
}
