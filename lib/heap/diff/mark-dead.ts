import { dead } from './ages.js'
import type { SnapshotColumns } from '../snapshot-columns.js'

/** Marks in `ages` what the root does not reach over edges that keep alive. */
export function markDead(
  { nodeCount, firstEdges, edgeTargets }: SnapshotColumns,
  isStrong: (from: number, edge: number) => boolean,
  ages: Uint8Array,
): void {
  const reached = new Uint8Array(nodeCount)
  const stack = new Uint32Array(nodeCount)
  let height = 0
  if (nodeCount > 0) {
    reached[0] = 1
    stack[height++] = 0
  }
  while (height > 0) {
    const node = stack[--height]!
    for (let edge = firstEdges[node]!, end = firstEdges[node + 1]!; edge < end; edge++) {
      const target = edgeTargets[edge]!
      if (reached[target] === 1 || !isStrong(node, edge)) continue
      reached[target] = 1
      stack[height++] = target
    }
  }
  for (let node = 0; node < nodeCount; node++) if (reached[node] === 0) ages[node] = dead
}
