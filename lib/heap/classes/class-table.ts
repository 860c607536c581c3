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
