import type { HeapEdge, HeapSnapshot, SourceLocation } from '../heap-snapshot.js'
import { createPackageFinder } from '../locate/package-of-script.js'

/** So many classes of what is held are looked at for a place. */
const mostClasses = 20

/**
 * Where to look for who holds what was added. Retaining paths alone often end in Node's own code, so: the function itself where
 * functions are kept; else the first code on the way back from the holder, unless it is Node's; else what is kept and the way to
 * it; else the rest of the way back.
 */
export function placeOfCluster(
  snapshot: HeapSnapshot,
  {
    holder,
    example,
    path,
    held,
  }: { holder: number; example: number; path: readonly HeapEdge[]; held: Uint32Array },
): SourceLocation | null {
  if (snapshot.node(example).type === 'closure') {
    const own = foreign(snapshot.location(example))
    if (own !== null) return own
  }
  const end = path.findIndex(({ to }) => to === holder)
  const back = path
    .slice(0, end + 1)
    .map(({ to }) => to)
    .reverse()
  const onTheWayBack = back
    .map(node => moduleOf(snapshot, node) ?? snapshot.location(node))
    .filter(place => place !== null)
  const [nearest] = onTheWayBack
  if (nearest !== undefined && foreign(nearest) !== null) return nearest
  for (const { to } of path.slice(end + 1).reverse()) {
    const place = foreign(snapshot.location(to))
    if (place !== null) return place
  }
  return placeOfLargest(snapshot, held) ?? onTheWayBack.find(place => foreign(place) !== null) ?? null
}

/** A CommonJS module is made by Node, but holds what its file exports: the start of that file. */
function moduleOf(snapshot: HeapSnapshot, node: number): SourceLocation | null {
  if (snapshot.node(node).name !== 'Module') return null
  const file = snapshot.references(node).find(({ type, name }) => type === 'property' && name === 'filename')
  if (file === undefined) return null
  const { type, name } = snapshot.node(file.to)
  if (type !== 'string') return null
  return { script: name, line: 1, column: 1, package: createPackageFinder()(name) }
}

function placeOfLargest(snapshot: HeapSnapshot, held: Uint32Array): SourceLocation | null {
  const bytes = new Map<ReturnType<HeapSnapshot['classOf']>, number>()
  for (const node of held) {
    const own = snapshot.classOf(node)
    bytes.set(own, (bytes.get(own) ?? 0) + snapshot.columns.selfSizes[node]!)
  }
  const largest = [...bytes].sort((a, b) => b[1] - a[1]).slice(0, mostClasses)
  for (const [own] of largest) {
    const place = foreign(own.location)
    if (place !== null) return place
  }
  return null
}

/** Not Node's own, and in a script that has a name. */
function foreign(place: SourceLocation | null): SourceLocation | null {
  return place === null || place.script === '' || place.script.startsWith('node:') ? null : place
}
