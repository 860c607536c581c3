import type { Verdict } from '../../types.js'
import { markup, type Markup, type MarkupValue } from '../charts/markup.js'
import { verdictSign } from '../charts/verdict-marker.js'

/** A part of the page with a heading; `null` where it has nothing to say. */
export interface Section {
  /** Its id in the page. */
  readonly id: string
  readonly title: string
  readonly body: Markup
}

/** A verdict as sign and word: they differ in shape, not only in colour. */
export function verdictBadge(verdict: Verdict): Markup {
  return markup`<span class="badge ${verdict}">${verdictSign(verdict)}${verdict === 'leak' ? 'LEAK' : verdict}</span>`
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

/** A column of a table: its heading, and whether it holds amounts. */
export interface Column {
  readonly heading: string
  readonly isAmount?: boolean
}

/**
 * A table in a box of its own that scrolls, by keyboard too, where it is wider than the page. The first cell of a row is its
 * heading.
 */
export function dataTable(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly MarkupValue[])[],
): Markup {
  const kind = (index: number): Markup | null =>
    columns[index]?.isAmount === true ? markup` class="amount"` : null
  return markup`<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${columns.map(
    ({ heading }, index) => markup`<th scope="col"${kind(index)}>${heading}</th>`,
  )}</tr></thead><tbody>${rows.map(
    ([first = '', ...others]) =>
      markup`<tr><th scope="row"${kind(0)}>${first}</th>${others.map((cell, index) => markup`<td${kind(index + 1)}>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`
}
