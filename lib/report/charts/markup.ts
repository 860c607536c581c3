import { spelledText } from '../format/visible-text.js'

/** A piece of HTML or SVG in which everything that came from outside is escaped. */
export class Markup {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

/** What may stand in a template: text and numbers are escaped, markup and lists of it are not, nothing is written for `null`. */
export type MarkupValue = string | number | null | Markup | readonly MarkupValue[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Makes a text harmless as content and as the value of a quoted attribute, of HTML and of XML. */
export function escapeMarkup(text: string): string {
  return spelledText(text).replace(/[&<>"']/g, one => ENTITIES[one] ?? '')
}

/** Template for HTML and SVG: `markup\`<p>${name}</p>\`` escapes the name. */
export function markup(parts: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return new Markup(
    parts
      .map((part, index) => (index === 0 ? part : `${written(values[index - 1] ?? null)}${part}`))
      .join(''),
  )
}

function written(value: MarkupValue): string {
  if (value === null) return ''
  if (value instanceof Markup) return value.toString()
  if (typeof value === 'string') return escapeMarkup(value)
  if (typeof value === 'number') return String(value)
  return value.map(written).join('')
}
