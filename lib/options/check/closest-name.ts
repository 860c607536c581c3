/**
 * The name that was probably meant: nearest by edits, case aside, at most two edits or a third of its length away.
 * @param most edits, however long the name is
 */
export function closestName(
  given: string,
  names: readonly string[],
  most: number = Infinity,
): string | undefined {
  let closest: string | undefined
  let least = Infinity
  for (const name of names) {
    const edits = editDistance(given.toLowerCase(), name.toLowerCase())
    if (
      edits < least &&
      edits <= Math.min(most, name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3)))
    ) {
      closest = name
      least = edits
    }
  }
  return closest
}

/** Levenshtein's distance: insertions, deletions and replacements that turn `from` into `to`. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const replaced = at(previous, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, at(previous, column) + 1, at(current, column - 1) + 1))
    }
    previous = current
  }
  return at(previous, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
