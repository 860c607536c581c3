import type { Place } from '../locate/places.js'
import type { ClassDraft } from './class-table.js'

/** Classes as they are met, each once. */
export interface Drafts {
  readonly list: readonly ClassDraft[]
  /** Position in `list` of the class; `shape` tells apart what name and place do not. */
  at(type: string, name: string, place: Place | null, shape: string, properties?: readonly string[]): number
  /** Gives classes that have objects of several shapes the properties of the most frequent one. */
  nameProperties(
    sorts: readonly { readonly draft: number; readonly map: number; readonly count: number }[],
    propertiesOf: (map: number) => readonly string[],
    most: number,
  ): void
}

/** @see Drafts */
export function createDrafts(): Drafts {
  const list: ClassDraft[] = []
  const positions = new Map<string, number>()
  const shaped = new Set<number>()
  return {
    list,
    at(type, name, place, shape, properties = []) {
      const where = place === null ? '' : `${place.script}:${String(place.line)}:${String(place.column)}`
      const key = JSON.stringify(shape === '' ? [type, name, where] : [type, name, where, shape])
      let position = positions.get(key)
      if (position === undefined) {
        position = list.push({ key, name, type, place, properties }) - 1
        positions.set(key, position)
        if (shape !== '') shaped.add(position)
      }
      return position
    },
    nameProperties(sorts, propertiesOf, most) {
      const counts = new Map<number, number>()
      for (const { draft, map, count } of sorts) {
        const entry = list[draft]
        if (entry === undefined || shaped.has(draft) || count <= (counts.get(draft) ?? 0)) continue
        counts.set(draft, count)
        const properties = propertiesOf(map)
        entry.properties = properties.length > most ? [] : properties
      }
    },
  }
}
