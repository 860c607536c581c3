import { list, shorten, wrap } from './layout.js'

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

const CUT = ' ...'

/**
 * Wraps a text and keeps at most `most` lines of at most `width` characters: what does not fit is cut, at its end, and the
 * middle of a word that is longer than a line.
 */
export function clip(text: string, width: number, most: number): string[] {
  const lines = wrap(text, width).map(line => shorten(line, width))
  if (lines.length <= most) return lines
  const kept = lines.slice(0, most)
  const last = kept.pop()
  return last === undefined ? [] : [...kept, `${last.slice(0, width - CUT.length).trimEnd()}${CUT}`]
}

/** As {@link clip}, with `first` before the first line and as many spaces before the others. */
export function hangingClip(first: string, text: string, width: number, most: number): string[] {
  const rest = ' '.repeat(first.length)
  return clip(text, width - first.length, most).map((line, index) => (index === 0 ? first : rest) + line)
}

/** `a, b and c`, or `a, b and 28 more` where there are more than `most`. */
export function listFew(names: readonly string[], most: number): string {
  if (names.length <= most) return list(names)
  return list([...names.slice(0, most - 1), `${String(names.length - most + 1)} more`])
}

/** An argument of a POSIX shell, in quotes where it needs them. */
export function shellArgument(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
