import type { SnapshotColumns } from '../snapshot-columns.js'

/** Edges by the node they lead to: those to node `n` are `edges` from `first[n]` up to, not including, `first[n + 1]`. */
export interface Retainers {
  readonly first: Uint32Array
  /** Positions in the edge columns, ascending within a node. */
  readonly edges: Uint32Array
}

export function createRetainers({ nodeCount, edgeCount, edgeTargets }: SnapshotColumns): Retainers {
  const first = new Uint32Array(nodeCount + 1)
  for (let edge = 0; edge < edgeCount; edge++) first[edgeTargets[edge]!]!++
  for (let node = 0, sum = 0; node <= nodeCount; node++) {
    sum += first[node]!
    first[node] = sum
  }
  // From the last edge on, so that each node's first position ends where it belongs and its edges ascend.
  const edges = new Uint32Array(edgeCount)
  for (let edge = edgeCount - 1; edge >= 0; edge--) edges[--first[edgeTargets[edge]!]!] = edge
  return { first, edges }
}
