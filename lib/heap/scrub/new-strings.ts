import { createHmac } from 'node:crypto'
import type { StringTable } from '../snapshot-columns.js'

/** How a string of a snapshot is shown. */
type Shown = 'whole' | 'masked' | 'path' | 'pair'

/** Whether a text is a name. */
export type NameRule = (text: string) => boolean

/** The strings of a scrubbed snapshot. Every method gives the position of a text that may be shown. */
export interface NewStrings {
  /** The text itself. */
  whole(position: number): number
  /** Length and keyed hash. */
  masked(position: number): number
  /** The text, if it is a name by that rule. */
  name(position: number, rule: NameRule): number
  /** The path or address of a script. */
  path(position: number): number
  /** V8's description of an entry of a WeakMap, without the names of key and value. */
  pair(position: number): number
  /** All of them, in order. */
  texts(): IterableIterator<string>
}

const PAIR =
  /^((?:\d+ \/ )?part of key) \(.* @(\d+)\) -> value \(.* @(\d+)\) pair in (\w+) \(table @(\d+)\)$/s

/**
 * A table of its own, since V8 has each text once: the name of a class in one place may be the content of a string in another.
 * @param key of the hashes: with another key they are different
 */
export function createNewStrings(strings: StringTable, key: Buffer): NewStrings {
  const order: { readonly shown: Shown; readonly position: number }[] = []
  const known = new Map<Shown, Int32Array>()
  const verdicts = new Map<NameRule, Int8Array>()

  const at = (shown: Shown, position: number): number => {
    let positions = known.get(shown)
    if (positions === undefined) {
      positions = new Int32Array(strings.length).fill(-1)
      known.set(shown, positions)
    }
    const before = positions[position] ?? -1
    if (before >= 0) return before
    positions[position] = order.length
    return order.push({ shown, position }) - 1
  }
  const mask = (text: string): string => {
    const hash = createHmac('sha256', key).update(text, 'utf16le').digest('hex').slice(0, 8)
    return `<${String(text.length)} chars, ${hash}>`
  }
  const render = (shown: Shown, position: number): string => {
    const text = strings.get(position)
    switch (shown) {
      case 'whole':
        return text
      case 'masked':
        return mask(text)
      case 'path':
        // A whole script may stand in such an address, and a request behind a question mark.
        return /^data:/i.test(text) || text.includes('\n') ? mask(text) : text.replace(/[?#].*$/s, '')
      case 'pair':
        return PAIR.test(text)
          ? text.replace(PAIR, '$1 (@$2) -> value (@$3) pair in $4 (table @$5)')
          : mask(text)
    }
  }
  return {
    whole: position => at('whole', position),
    masked: position => at('masked', position),
    name(position, rule) {
      let known = verdicts.get(rule)
      if (known === undefined) {
        known = new Int8Array(strings.length)
        verdicts.set(rule, known)
      }
      known[position] ||= rule(strings.get(position)) ? 1 : -1
      return at(known[position] === 1 ? 'whole' : 'masked', position)
    },
    path: position => at('path', position),
    pair: position => at('pair', position),
    *texts() {
      for (const { shown, position } of order) yield render(shown, position)
    },
  }
}
