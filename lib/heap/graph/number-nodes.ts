import type { IsEssential } from './essential-edges.js'
import type { SnapshotColumns } from '../snapshot-columns.js'

/** Nodes numbered from 1 in the order that a search depth first finds them; 0 is no node. */
export interface NodeNumbers {
  /** Node by number. */
  readonly nodes: Uint32Array
  /** Number by node. */
  readonly numbers: Uint32Array
  /** Number that a number was found from; the root's is 0. */
  readonly parents: Uint32Array
  /** Numbers from here on belong to nodes that only one another refer to; above all numbers where there are none. */
  readonly firstOfCliques: number
}

/**
 * Numbers all nodes: first what the root reaches, then what hangs on nodes that only weak edges and shortcuts lead to, then
 * the rest in order. The last two are found from the root, as if it referred to them.
 */
export function numberNodes(columns: SnapshotColumns, isEssential: IsEssential): NodeNumbers {
  const { nodeCount, firstEdges, edgeTargets } = columns
  const nodes = new Uint32Array(nodeCount + 1)
  const numbers = new Uint32Array(nodeCount)
  const parents = new Uint32Array(nodeCount + 1)
  const nextEdges = new Uint32Array(nodeCount + 1)
  let count = 0

  const add = (node: number, parent: number): void => {
    count++
    nodes[count] = node
    numbers[node] = count
    parents[count] = parent
    nextEdges[count] = firstEdges[node]!
  }
  const search = (from: number, parent: number): void => {
    add(from, parent)
    const start = count
    for (let number = start; number >= start && number !== 0;) {
      const node = nodes[number]!
      const end = firstEdges[node + 1]!
      let edge = nextEdges[number]!
      while (edge < end && (numbers[edgeTargets[edge]!] !== 0 || !isEssential(node, edge))) edge++
      nextEdges[number] = edge + 1
      if (edge < end) {
        add(edgeTargets[edge]!, number)
        number = count
      } else {
        number = parents[number]!
      }
    }
  }

  if (nodeCount > 0) search(0, 0)
  if (count < nodeCount) {
    const referredTo = markReferredTo(columns)
    for (let node = 0; node < nodeCount; node++) {
      if (numbers[node] === 0 && referredTo[node] === 0) search(node, 1)
    }
  }
  const firstOfCliques = count + 1
  for (let node = 0; count < nodeCount; node++) {
    if (numbers[node] === 0) add(node, 1)
  }
  return { nodes, numbers, parents, firstOfCliques }
}

/** Marks nodes that an edge leads to which is neither weak nor a shortcut. */
function markReferredTo({
  nodeCount,
  edgeCount,
  edgeTypes,
  edgeTargets,
  edgeTypeNames,
}: SnapshotColumns): Uint8Array {
  const weak = edgeTypeNames.indexOf('weak')
  const shortcut = edgeTypeNames.indexOf('shortcut')
  const marks = new Uint8Array(nodeCount)
  for (let edge = 0; edge < edgeCount; edge++) {
    if (edgeTypes[edge] !== weak && edgeTypes[edge] !== shortcut) marks[edgeTargets[edge]!] = 1
  }
  return marks
}
