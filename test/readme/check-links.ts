import { posix } from 'node:path'
import markdownIt from 'markdown-it'

const markdown = markdownIt({ html: true })

interface Parsed {
  readonly targets: readonly string[]
  readonly anchors: ReadonlySet<string>
}

/** Links and pictures of a Markdown text, those in HTML as well, and the anchors that GitHub gives its headings. */
export const parsePage = (text: string): Parsed => {
  const targets: string[] = []
  const anchors = new Set<string>()
  const tokens = markdown.parse(text, {})
  const ofHtml = (html: string): void => {
    for (const [, attribute, value = ''] of html.matchAll(/\b(href|src|srcset)="([^"]+)"/g))
      targets.push(
        ...(attribute === 'srcset' ? value.split(',').map(one => one.trim().split(/\s/)[0]!) : [value]),
      )
  }
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'html_block') ofHtml(token.content)
    for (const child of token.children ?? []) {
      if (child.type === 'html_inline') ofHtml(child.content)
      const target = child.attrGet('href') ?? child.attrGet('src')
      if (target !== null) targets.push(target)
    }
    if (token.type === 'heading_open') {
      const slug = slugOf((tokens[index + 1]?.children ?? []).map(({ content }) => content).join(''))
      let anchor = slug
      for (let number = 1; anchors.has(anchor); number++) anchor = `${slug}-${String(number)}`
      anchors.add(anchor)
    }
  }
  return { targets, anchors }
}

const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

/**
 * What is wrong with the relative links of pages, each a sentence.
 * @param pages text by path from the project's root, with slashes
 * @param exists whether a file or folder is there, by such a path
 */
export const brokenLinks = (
  pages: ReadonlyMap<string, string>,
  exists: (path: string) => boolean,
): readonly string[] => {
  const parsed = new Map([...pages].map(([page, text]) => [page, parsePage(text)]))
  return [...parsed].flatMap(([page, { targets }]) =>
    targets.flatMap(target => {
      if (/^[a-z][a-z+.-]*:/i.test(target)) return []
      const [path = '', anchor] = target.split('#')
      const to = path === '' ? page : posix.join(posix.dirname(page), decodeURIComponent(path))
      if (to.startsWith('..') || !exists(to)) return [`${page}: ${target} is not there`]
      if (anchor === undefined) return []
      const anchors = parsed.get(to)?.anchors
      return anchors?.has(anchor) === true ? [] : [`${page}: ${target} has no such heading`]
    }),
  )
}

/** Targets of the links that stand in tables, by table. */
export const linksOfTables = (text: string): readonly (readonly string[])[] => {
  const tables: string[][] = []
  let inside = false
  for (const token of markdown.parse(text, {})) {
    if (token.type === 'table_open') tables.push([])
    if (token.type === 'table_open' || token.type === 'table_close') inside = token.type === 'table_open'
    if (!inside) continue
    for (const child of token.children ?? [])
      if (child.type === 'link_open') tables.at(-1)?.push(child.attrGet('href') ?? '')
  }
  return tables
}
