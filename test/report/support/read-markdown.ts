import MarkdownIt, { type Token } from 'markdown-it'

/** What a reader of Markdown makes of a document. */
export interface ReadMarkdown {
  readonly headings: readonly string[]
  /** Cells of every table by row, the headings first. */
  readonly tables: readonly (readonly (readonly string[])[])[]
  readonly listItems: number
  /** Blocks of code, without the last line end. */
  readonly fences: readonly string[]
  /** HTML as it would be passed on. */
  readonly html: readonly string[]
  /** Kinds of markup: `link`, `image`, `em`, and so on. */
  readonly markup: ReadonlySet<string>
  /** Everything that can be read, other than code. */
  readonly plain: string
  readonly text: string
}

/** Reads a document as GitHub does: with tables, HTML and addresses that become links. */
export function readMarkdown(document: string): ReadMarkdown {
  const tokens = new MarkdownIt('default', { html: true, linkify: true }).parse(document, {})
  const headings: string[] = []
  const tables: string[][][] = []
  const plain: string[] = []
  const text: string[] = []
  const html: string[] = []
  const markup = new Set<string>()
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'html_block') html.push(...token.content.trim().split('\n'))
    if (token.type === 'table_open') tables.push([])
    if (token.type === 'tr_open') tables.at(-1)?.push([])
    if (token.type !== 'inline') continue
    const words = contentOf(token, markup, html)
    plain.push(
      words
        .filter(({ isCode }) => !isCode)
        .map(({ content }) => content)
        .join(''),
    )
    const all = words.map(({ content }) => content).join('')
    text.push(all)
    const before = tokens[index - 1]?.type
    if (before === 'heading_open') headings.push(all)
    if (before === 'th_open' || before === 'td_open') tables.at(-1)?.at(-1)?.push(all)
  }
  return {
    headings,
    tables,
    listItems: tokens.filter(({ type }) => type === 'list_item_open').length,
    fences: tokens.filter(({ type }) => type === 'fence').map(({ content }) => content.trimEnd()),
    html,
    markup,
    plain: plain.join('\n'),
    text: text.join('\n'),
  }
}

function contentOf(
  { children }: Token,
  markup: Set<string>,
  html: string[],
): { readonly content: string; readonly isCode: boolean }[] {
  let depth = 0
  return (children ?? []).flatMap(({ type, content }) => {
    if (type === 'html_inline') {
      html.push(content)
      depth += content === '<code>' ? 1 : content === '</code>' ? -1 : 0
      return []
    }
    if (type === 'softbreak') return [{ content: '\n', isCode: false }]
    if (type === 'text') return [{ content, isCode: depth > 0 }]
    if (type === 'code_inline') return [{ content, isCode: true }]
    markup.add(type.replace(/_(?:open|close)$/, ''))
    return []
  })
}
