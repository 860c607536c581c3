import type { SnapshotColumns } from '../snapshot-columns.js'

/** Whether an edge from node `from` counts for dominators. */
export type IsEssential = (from: number, edge: number) => boolean

/**
 * Edges that dominators are computed over, as DevTools and memlab choose them: not weak ones, no shortcuts but the root's
 * own, no loops, and none into what the application owns from what it does not ({@link markOwned}).
 */
export function essentialEdges(columns: SnapshotColumns): IsEssential {
  const { edgeTypes, edgeTargets, edgeTypeNames } = columns
  const weak = edgeTypeNames.indexOf('weak')
  const shortcut = edgeTypeNames.indexOf('shortcut')
  const owned = markOwned(columns)
  return (from, edge) => {
    const type = edgeTypes[edge]!
    const to = edgeTargets[edge]!
    if (type === weak || from === to) return false
    return from === 0 || (type !== shortcut && owned[from]! >= owned[to]!)
  }
}

/**
 * Marks what the application itself reaches: everything but what hangs on the tools that look at it alone. Edges from what is
 * not marked into what is do not count for dominators, or a debugger's handles would share in the objects they show.
 *
 * As DevTools and memlab have it: what the root refers to, but for its shortcuts and document trees, and what that leads to
 * over edges that are not weak.
 */
function markOwned(columns: SnapshotColumns): Uint8Array {
  const { nodeCount, firstEdges, edgeTypes, edgeTargets, edgeTypeNames, nodeTypeNames, strings } = columns
  const weak = edgeTypeNames.indexOf('weak')
  const element = edgeTypeNames.indexOf('element')
  const shortcut = edgeTypeNames.indexOf('shortcut')
  const synthetic = nodeTypeNames.indexOf('synthetic')
  const documentTrees = (node: number): boolean =>
    columns.nodeTypes[node] === synthetic && strings.get(columns.nodeNames[node]!) === '(Document DOM trees)'

  const owned = new Uint8Array(nodeCount)
  const stack = new Uint32Array(nodeCount)
  let height = 0
  for (let edge = firstEdges[0]!; edge < firstEdges[1]!; edge++) {
    const target = edgeTargets[edge]!
    if (edgeTypes[edge] === shortcut || (edgeTypes[edge] === element && documentTrees(target))) continue
    if (owned[target] === 1) continue
    owned[target] = 1
    stack[height++] = target
  }
  while (height > 0) {
    const node = stack[--height]!
    for (let edge = firstEdges[node]!, end = firstEdges[node + 1]!; edge < end; edge++) {
      const target = edgeTargets[edge]!
      if (owned[target] === 1 || edgeTypes[edge] === weak) continue
      owned[target] = 1
      stack[height++] = target
    }
  }
  return owned
}

/** The node that an edge comes from, found by halving: a column of it would cost four bytes an edge. */
export function edgeSource({ firstEdges, nodeCount }: SnapshotColumns, edge: number): number {
  let low = 0
  let high = nodeCount
  // The last node whose first edge is not behind `edge`: nodes without edges share their first edge with the next.
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (firstEdges[middle]! <= edge) low = middle
    else high = middle
  }
  return low
}
