import { shorten, table } from './layout.js'

/** A column whose cells may be cut where the table is too wide. */
export interface Shrinking {
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
