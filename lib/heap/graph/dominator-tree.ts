import { essentialEdges, type IsEssential } from './essential-edges.js'
import { numberNodes, type NodeNumbers } from './number-nodes.js'
import { findDominators } from './find-dominators.js'
import type { SnapshotColumns } from '../snapshot-columns.js'

export interface DominatorTree {
  /** Immediate dominator by node; the root's is itself. */
  readonly dominators: Uint32Array
  /** Bytes by node: its own, and those of all that it dominates. */
  readonly retainedSizes: Float64Array
}

/** Dominators and retained sizes over {@link essentialEdges}; what the root does not reach counts as referred to by it. */
export function createDominatorTree(columns: SnapshotColumns): DominatorTree {
  const isEssential = essentialEdges(columns)
  const numbered = numberNodes(columns, isEssential)
  const dominatorsByNumber = findDominators(numbered, predecessors(columns, numbered, isEssential))
  const { nodeCount } = columns
  const dominators = new Uint32Array(nodeCount)
  const retainedSizes = new Float64Array(columns.selfSizes)
  for (let number = nodeCount; number > 1; number--) {
    const node = numbered.nodes[number]!
    const dominator = numbered.nodes[dominatorsByNumber[number]!]!
    dominators[node] = dominator
    retainedSizes[dominator]! += retainedSizes[node]!
  }
  return { dominators, retainedSizes }
}

/** What refers to a node, as numbers. */
export interface Predecessors {
  /** The least, of those below the node's own; the node's own where there is none. */
  readonly least: Uint32Array
  /** Those above the node's own: `higher` from `first[n]` up to, not including, `first[n + 1]`. */
  readonly first: Uint32Array
  readonly higher: Uint32Array
}

function predecessors(
  { nodeCount, firstEdges, edgeTargets }: SnapshotColumns,
  { nodes, numbers }: NodeNumbers,
  isEssential: IsEssential,
): Predecessors {
  const least = new Uint32Array(nodeCount + 1)
  for (let number = 1; number <= nodeCount; number++) least[number] = number
  const first = new Uint32Array(nodeCount + 2)
  const forEachEdge = (visit: (from: number, to: number) => void): void => {
    for (let number = 1; number <= nodeCount; number++) {
      const node = nodes[number]!
      for (let edge = firstEdges[node]!, end = firstEdges[node + 1]!; edge < end; edge++) {
        if (isEssential(node, edge)) visit(number, numbers[edgeTargets[edge]!]!)
      }
    }
  }
  forEachEdge((from, to) => {
    if (from > to) first[to]!++
    else if (from < least[to]!) least[to] = from
  })
  for (let number = 0, sum = 0; number < first.length; number++) {
    sum += first[number]!
    first[number] = sum
  }
  const higher = new Uint32Array(first[nodeCount + 1]!)
  forEachEdge((from, to) => {
    if (from > to) higher[--first[to]!] = from
  })
  return { least, first, higher }
}
