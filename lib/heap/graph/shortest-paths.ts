import type { SnapshotColumns } from '../snapshot-columns.js'

/** No edge: the node is the root, or nothing keeps it alive. */
export const noEdge = 0xffffffff

/** By node the edge that it is reached by on its shortest path from the root, {@link noEdge} where there is none. */
export function createShortestPaths(columns: SnapshotColumns): Uint32Array {
  const { nodeCount, edgeTypes, edgeTargets, firstEdges } = columns
  const weak = columns.edgeTypeNames.indexOf('weak')
  const reachedBy = new Uint32Array(nodeCount).fill(noEdge)
  const queue = new Uint32Array(nodeCount)
  let length = Math.min(1, nodeCount)
  for (let next = 0; next < length; next++) {
    const node = queue[next]!
    for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) {
      const target = edgeTargets[edge]!
      if (target === 0 || reachedBy[target] !== noEdge || edgeTypes[edge] === weak) continue
      reachedBy[target] = edge
      queue[length++] = target
    }
  }
  return reachedBy
}
