import { list, shorten, wrap } from './layout.js'

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
