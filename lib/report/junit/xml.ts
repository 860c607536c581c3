import { visibleText } from '../format/visible-text.js'

export type Attributes = Readonly<Record<string, string | number>>

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // as they are, a parser makes spaces or line feeds of them
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** An element on lines of its own; a text as its content stays as it is. */
export function element(
  name: string,
  attributes: Attributes,
  content: string | readonly string[] = '',
): string {
  const start = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${quoted(String(value))}"`),
  ]
  if (content.length === 0) return `<${start.join(' ')}/>`
  const inner = typeof content === 'string' ? plain(content) : `\n${content.map(indented).join('\n')}\n`
  return `<${start.join(' ')}>${inner}</${name}>`
}

/** A document in XML 1.0. */
export function xmlDocument(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}

function plain(text: string): string {
  return visibleText(text).replaceAll(/[&<>\r]/g, character => ENTITIES[character] ?? character)
}

function quoted(text: string): string {
  return visibleText(text).replaceAll(/[&<>"\t\n\r]/g, character => ENTITIES[character] ?? character)
}

/** Only lines that begin an element: others are text, which spaces would change. */
function indented(markup: string): string {
  return `  ${markup.replaceAll(/\n(?= *<\/?[a-z])/g, '\n  ')}`
}
