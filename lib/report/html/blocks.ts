import type { Verdict } from '../../types/index.js'
import { markup, type Markup, type MarkupValue } from '../charts/markup.js'
import { verdictSign } from '../charts/look.js'

/** A part of the page with a heading; `null` where it has nothing to say. */
export interface Section {
  /** Its id in the page. */
  readonly id: string
  readonly title: string
  readonly body: Markup
}

/** A verdict as sign and word: they differ in shape, not only in colour. */
export function verdictBadge(verdict: Verdict): Markup {
  return markup`<span class="badge ${verdict}">${verdictSign(verdict)} ${verdict === 'leak' ? 'LEAK' : verdict}</span>`
}

export function bullets(items: readonly MarkupValue[], className = 'bullets'): Markup | null {
  return items.length === 0
    ? null
    : markup`<ul class="${className}">${items.map(item => markup`<li>${item}</li>`)}</ul>`
}

/** Pairs of a label and a text. */
export function labelled(pairs: readonly (readonly [MarkupValue, MarkupValue])[]): Markup | null {
  return pairs.length === 0
    ? null
    : markup`<dl class="pairs">${pairs.map(([label, text]) => markup`<div><dt>${label}</dt><dd>${text}</dd></div>`)}</dl>`
}

/** Something that is folded until it is asked for. */
export function folded(summary: MarkupValue, body: Markup): Markup {
  return markup`<details><summary>${summary}</summary>${body}</details>`
}

/** A column of a table. */
export interface Column {
  readonly heading: string
  /** Amounts stand to the right and are not broken; sentences and paths get more room than names. Default: names. */
  readonly holds?: 'amounts' | 'sentences'
}

/**
 * A table in a box of its own that scrolls, by keyboard too, where it is wider than the page. The first cell of a row is its
 * heading; columns without any text are left out.
 */
export function dataTable(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly MarkupValue[])[],
): Markup {
  const shown = columns.flatMap((column, index) =>
    index === 0 || rows.some(row => (row[index] ?? '') !== '') ? [{ ...column, index }] : [],
  )
  const cell = ({ holds, index }: (typeof shown)[number], row: readonly MarkupValue[]): Markup => {
    const kind = classOf(holds)
    return index === 0
      ? markup`<th scope="row"${kind}>${row[index] ?? ''}</th>`
      : markup`<td${kind}>${row[index] ?? ''}</td>`
  }
  const headings = shown.map(({ heading, holds }) => markup`<th scope="col"${classOf(holds)}>${heading}</th>`)
  return markup`<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${headings}</tr></thead><tbody>${rows.map(
    row => markup`<tr>${shown.map(column => cell(column, row))}</tr>`,
  )}</tbody></table></div>`
}

function classOf(holds: Column['holds']): Markup | null {
  return holds === undefined ? null : markup` class="${holds}"`
}
