/** What Markdown and HTML would read as markup. */
const SPECIAL = /[\\`*[\]<>|~#!$&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g
/** At the beginning of a block: an item of a list, a rule. */
const LEADING = /^(\d*)([-+.)=])(?=\s|$|[-=])/

const BREAKS = /\s*[\r\n\u2028\u2029]+\s*/g

/** A text in which nothing is markup; line breaks become spaces. */
export function plain(text: string): string {
  return text
    .replaceAll(BREAKS, ' ')
    .replaceAll(SPECIAL, character => `\\${character}`)
    .trim()
    .replace(LEADING, '$1\\$2')
}

/** A text as code in a sentence. */
export function code(text: string): string {
  const line = text.replaceAll(BREAKS, ' ')
  const fence = '`'.repeat(longestRun(line) + 1)
  const pad = line.startsWith('`') || line.endsWith('`') || line.trim() === '' ? ' ' : ''
  return `${fence}${pad}${line}${pad}${fence}`
}

/** Lines of a shell. */
export function commands(lines: readonly string[]): string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1))
  return [`${fence}sh`, ...lines.map(line => line.replaceAll(BREAKS, ' ')), fence]
}

/** Cells are Markdown already; a bar within code would end its cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => cell.replaceAll(/(?<!\\)\|/g, '\\|')).join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)]
}

/** An argument of a shell, quoted where that is needed. */
export function shellArgument(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length))
}
