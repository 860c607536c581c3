import type { SnapshotColumns } from '../snapshot-columns.js'

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
