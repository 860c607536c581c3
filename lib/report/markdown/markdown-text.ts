import { oneLine, visibleText } from '../format/visible-text.js'

/** What Markdown, HTML and the mathematics of GitHub would read as markup. */
const SPECIAL = /[\\`*_[\]<>|~$&]/g
/** First words that begin a list or a rule, or make a heading of the line before. */
const LEADING = /^(?:[-+]|-{3,}|=+|\d+[.)])$/
/** Words that GitHub and GitLab make links of, and that tell people about it: mentions, issues, addresses. */
const LINKED = /[@#!]|:\/\/|^www\./i
/** What ends a sentence is not part of a word. */
const TRAILING = /[.,:;!?)]*$/

/** A text on one line in which nothing is markup, a mention or a link. */
export function prose(text: string): string {
  return oneLine(text)
    .split(' ')
    .map((word, index) => {
      const end = TRAILING.exec(word)?.[0] ?? ''
      const inner = word.slice(0, word.length - end.length)
      return LINKED.test(inner) ? code(inner) + escaped(end, false) : escaped(word, index === 0)
    })
    .join(' ')
}

/** A text as code within a line, also in a table. */
export function code(text: string): string {
  const line = oneLine(text)
  if (line === '') return ''
  // Cells of a table end at a bar, and not every reader takes a backslash before it away again.
  if (line.includes('|')) return `<code>${entities(line)}</code>`
  const fence = '`'.repeat(longestRun(line) + 1)
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return `${fence}${space}${line}${space}${fence}`
}

/** Lines as they are. */
export function fenced(lines: readonly string[], language = ''): string[] {
  const shown = lines.map(line => visibleText(line).replaceAll(/[\r\n]+/g, ' '))
  const fence = '`'.repeat(Math.max(3, longestRun(shown.join('\n')) + 1))
  return [`${fence}${language}`, ...shown, fence]
}

/** A table; cells are Markdown already. */
export function markdownTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)]
}

/** A list of texts. */
export function bullets(texts: readonly string[]): readonly string[] {
  return texts.map(text => `- ${prose(text)}`)
}

/** What is folded away until it is asked for. */
export function folded(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0
    ? []
    : ['<details>', `<summary>${entities(oneLine(title))}</summary>`, '', ...lines, '', '</details>']
}

/** Blocks with an empty line between them. */
export function blocks(parts: readonly (readonly string[])[]): string {
  return parts
    .filter(lines => lines.length > 0)
    .map(lines => `${lines.join('\n')}\n`)
    .join('\n')
}

function escaped(text: string, isFirst: boolean): string {
  const plain = text.replaceAll(SPECIAL, character => `\\${character}`)
  if (!isFirst || !LEADING.test(text)) return plain
  return plain.replace(/^\d*/, '$&\\')
}

function entities(text: string): string {
  return text.replaceAll(/[^\w /.-]/gu, character => `&#${String(character.codePointAt(0))};`)
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length))
}
