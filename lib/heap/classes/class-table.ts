import type { HeapClass, SourceLocation } from '../heap-snapshot.js'
import type { Place } from '../locate/places.js'
import type { SnapshotColumns } from '../snapshot-columns.js'

/** What is known of a class while its nodes are gathered. */
export interface ClassDraft {
  readonly key: string
  readonly name: string
  readonly type: string
  readonly place: Place | null
  properties: readonly string[]
}

/** Turns the class of each node (position in `drafts`) into classes with counts and sizes. */
export function createClasses(
  columns: SnapshotColumns,
  drafts: readonly ClassDraft[],
  ofNode: Uint32Array,
  describe: (place: Place) => SourceLocation,
): HeapClass[] {
  const { nodeCount, selfSizes } = columns
  const firsts = new Uint32Array(drafts.length + 1)
  const sizes = new Float64Array(drafts.length)
  for (let node = 0; node < nodeCount; node++) {
    const index = ofNode[node] ?? 0
    firsts[index + 1] = (firsts[index + 1] ?? 0) + 1
    sizes[index] = (sizes[index] ?? 0) + (selfSizes[node] ?? 0)
  }
  for (let index = 0; index < drafts.length; index++) {
    firsts[index + 1] = (firsts[index + 1] ?? 0) + (firsts[index] ?? 0)
  }
  let grouped: Uint32Array | undefined
  const group = (): Uint32Array => {
    const next = firsts.slice(0, drafts.length)
    const nodes = new Uint32Array(nodeCount)
    for (let node = 0; node < nodeCount; node++) {
      const index = ofNode[node] ?? 0
      const at = next[index] ?? 0
      nodes[at] = node
      next[index] = at + 1
    }
    return nodes
  }
  return drafts.map(({ key, name, type, place, properties }, index) => {
    const first = firsts[index] ?? 0
    const end = firsts[index + 1] ?? 0
    let location: SourceLocation | null | undefined
    return {
      key,
      name,
      type,
      properties,
      // Reading packages and source maps waits until someone asks: there are thousands of classes.
      get location() {
        return (location ??= place === null ? null : describe(place))
      },
      count: end - first,
      selfSizeBytes: sizes[index] ?? 0,
      nodes: () => (grouped ??= group()).slice(first, end),
    }
  })
}

/** V8's types whose names are contents: their class is named after the type alone. */
const contents = new Set([
  'string',
  'concatenated string',
  'sliced string',
  'symbol',
  'number',
  'bigint',
  'regexp',
])

/** Whether the names of nodes of a type are what they contain, and so belong in no report. */
export function isContent(type: string): boolean {
  return contents.has(type)
}

/** Name of the class of a node that is neither an object nor a function, from V8's type and name of the node. */
export function plainClassName(type: string, name: string): string {
  if (isContent(type)) return `(${type})`
  if (type === 'code') return codeName(name)
  // Chromium: an element with its attributes.
  if (type === 'native' && name.startsWith('<'))
    return /^<[^\s>]*/u.exec(name)?.[0].concat('>') ?? `(${type})`
  return name === '' ? `(${type})` : name
}

/** Name of a constructor; a browser adds the address of the page to that of its window. */
export function constructorName(name: string): string {
  return name === '' ? '(anonymous)' : name.replace(/ \/ [a-z][a-z0-9+.-]*:.*$/isu, '')
}

/** V8 names compiled code after its function: one class for all of it. */
function codeName(name: string): string {
  if (name.startsWith('system / ')) return name
  const kind = /^\(([^()]+?) for .*\)$/su.exec(name)?.[1]
  if (kind !== undefined) return `(${kind})`
  return /^\([^()]+\)$/u.test(name) ? name : '(code)'
}

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
