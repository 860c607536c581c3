/** Where a line may break: not between an amount and its unit. */
const BREAKS = /(?<!\d)\s+|\s+(?!(?:[kMGTP]?B|s|min|h|days)(?![\w]))/u

/** Breaks a text at spaces into lines of at most `width` characters; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(BREAKS).filter(part => part !== '')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line)
        line = word
      } else {
        line = line === '' ? word : `${line} ${word}`
      }
    }
    if (line !== '') lines.push(line)
  }
  return lines
}

/** Wraps, puts `first` before the first line and as many spaces before the others. */
export function hanging(first: string, text: string, width: number): string[] {
  const rest = ' '.repeat(first.length)
  return wrap(text, Math.max(20, width - first.length)).map(
    (line, index) => (index === 0 ? first : rest) + line,
  )
}

/** Cells under headings, two spaces apart, columns as wide as their widest cell. No trailing spaces. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map(row => (row[column] ?? '').length)),
  )
  const write = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [write(headings), ...rows.map(write)]
}

/** Cuts a text to `width` characters; `...` stands for its missing middle. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text
  const kept = Math.max(0, width - 3)
  const tail = Math.floor(kept / 3)
  return `${text.slice(0, kept - tail)}...${tail === 0 ? '' : text.slice(-tail)}`
}

/** `a`, `a and b`, `a, b and c`. */
export function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
}

/** `1 trial`, `3 trials`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
}

/** A column whose cells may be cut where the table is too wide. */
interface Shrinking {
  readonly column: number
  /** Characters it keeps in any case. */
  readonly least: number
  /** Default: the middle goes. */
  readonly cut?: (text: string, width: number) => string
}

/**
 * A table of at most `width` characters a line, where that can be had by cutting the cells of the columns given, the first
 * of them first.
 */
export function fittingTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  shrinking: readonly Shrinking[],
): string[] {
  let cells = rows
  for (const { column, least, cut = shorten } of shrinking) {
    const over = widthOf(table(headings, cells)) - width
    if (over <= 0) break
    const longest = Math.max(...cells.map(row => (row[column] ?? '').length))
    const room = Math.max(least, longest - over)
    cells = cells.map(row => row.map((cell, index) => (index === column ? cut(cell, room) : cell)))
  }
  return table(headings, cells)
}

/** Length of the longest line. */
export function widthOf(lines: readonly string[]): number {
  return Math.max(0, ...lines.map(({ length }) => length))
}

/** A verdict as the first words of an account: `no-longer-happens` is `NO LONGER HAPPENS`. */
export function verdictWords(verdict: string): string {
  return verdict.replaceAll('-', ' ').toUpperCase()
}
