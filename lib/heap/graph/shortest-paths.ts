import { createEdgeRanks, edgeRanks } from './edge-ranks.js'
import type { SnapshotColumns } from '../snapshot-columns.js'

/** No edge: the node is the root, or nothing keeps it alive. */
export const noEdge = 0xffffffff

/**
 * By node the edge that its path from the root ends with, {@link noEdge} where there is none.
 *
 * A search breadth first, once for each of {@link edgeRanks}: first over what programs hold things with, and where that leads
 * nowhere from there on over what is less telling. So a path is the shortest among those whose least telling step is as
 * telling as can be.
 */
export function createShortestPaths(columns: SnapshotColumns): Uint32Array {
  const { nodeCount, edgeTargets, firstEdges } = columns
  const ranksOf = createEdgeRanks(columns)
  const reachedBy = new Uint32Array(nodeCount).fill(noEdge)
  const reached = new Uint32Array(nodeCount)
  const isUnfinished = new Uint8Array(nodeCount).fill(1)
  let length = Math.min(1, nodeCount)
  for (let allowed = 0; allowed < edgeRanks.weak && length < nodeCount; allowed++) {
    for (let next = 0; next < length; next++) {
      const node = reached[next]!
      if (isUnfinished[node] === 0) continue
      isUnfinished[node] = 0
      const rank = ranksOf(node)
      for (let edge = firstEdges[node]!, end = firstEdges[node + 1]!; edge < end; edge++) {
        const target = edgeTargets[edge]!
        if (reachedBy[target] !== noEdge || target === 0) continue
        if (rank(edge) > allowed) {
          isUnfinished[node] = 1
          continue
        }
        reachedBy[target] = edge
        reached[length++] = target
      }
    }
  }
  return reachedBy
}
