/** An element as a reader of a report sees it. */
export interface XmlNode {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlNode[]
  text: string
}

const TOKEN = /<\?.*?\?>|<(\/?)([a-z][\w-]*)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gs
const ATTRIBUTE = /([\w-]+)="([^"]*)"/g
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Reads a document without comments, CDATA and name spaces; that it is well formed is for a validator to say. */
export function readXml(document: string): XmlNode {
  const open: XmlNode[] = [{ name: '', attributes: {}, children: [], text: '' }]
  for (const [, closes, name, attributes = '', isEmpty, text] of document.matchAll(TOKEN)) {
    const parent = open.at(-1)
    if (parent === undefined) throw new Error('expected as many ends as starts')
    if (text !== undefined) parent.text += unescape(text)
    if (name === undefined) continue
    if (closes === '/') {
      open.pop()
      continue
    }
    const pairs = [...attributes.matchAll(ATTRIBUTE)].map(([, key = '', value = '']) => [
      key,
      unescape(value),
    ])
    const node: XmlNode = {
      name,
      attributes: Object.fromEntries(pairs) as Record<string, string>,
      children: [],
      text: '',
    }
    parent.children.push(node)
    if (isEmpty === '') open.push(node)
  }
  const root = open[0]?.children[0]
  if (root === undefined || open.length !== 1) throw new Error('expected one root that ends')
  return root
}

function unescape(text: string): string {
  return text.replaceAll(
    /&(?:#(\d+)|(\w+));/g,
    (whole, code: string | undefined, name: string | undefined) =>
      code === undefined ? (NAMED[name ?? ''] ?? whole) : String.fromCodePoint(Number(code)),
  )
}
