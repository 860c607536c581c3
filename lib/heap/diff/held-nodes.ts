import type { SnapshotColumns } from '../snapshot-columns.js'
import { dead, old } from './ages.js'

/** What a holder leads to. */
export interface HeldNodes {
  /** Added nodes, nearest first. */
  readonly nodes: Uint32Array
  /** Steps from the holder, by position in `nodes`. */
  readonly depths: Uint32Array
  readonly sizeBytes: number
  /** Edges from the holder to a node of `nodes`. */
  wayTo(node: number): number[]
}

/** Looks through what holders lead to, one after the other: what was found lasts until the next. */
export function createHeldNodes(
  { nodeCount, firstEdges, edgeTargets, selfSizes }: SnapshotColumns,
  isStrong: (from: number, edge: number) => boolean,
  ages: Uint8Array,
): (edges: readonly number[]) => HeldNodes {
  const by = new Uint32Array(nodeCount)
  const seen = new Uint32Array(nodeCount)
  const from = new Uint32Array(nodeCount)
  const queue = new Uint32Array(nodeCount)
  const depths = new Uint32Array(nodeCount)
  let turn = 0
  return edges => {
    turn++
    let length = 0
    let sizeBytes = 0
    const take = (edge: number, parent: number, depth: number): void => {
      const node = edgeTargets[edge]!
      if (seen[node] === turn || ages[node] === old || ages[node] === dead) return
      seen[node] = turn
      by[node] = edge
      from[node] = parent
      depths[length] = depth
      queue[length++] = node
      sizeBytes += selfSizes[node]!
    }
    // Node 0 is the root, and never added: it stands for the holder.
    for (const edge of edges) take(edge, 0, 1)
    for (let next = 0; next < length; next++) {
      const node = queue[next]!
      for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) {
        if (isStrong(node, edge)) take(edge, node, depths[next]! + 1)
      }
    }
    return {
      nodes: queue.slice(0, length),
      depths: depths.slice(0, length),
      sizeBytes,
      wayTo(node) {
        const way: number[] = []
        for (let at = node; at !== 0; at = from[at]!) way.push(by[at]!)
        return way.reverse()
      },
    }
  }
}
