import { createDominatorTree } from './dominator-tree.js'
import { createShortestPaths, noEdge } from './shortest-paths.js'
import { edgeSource } from './essential-edges.js'
import { once } from '../read-options.js'
import type { HeapEdge, HeapSnapshot } from '../heap-snapshot.js'
import type { SnapshotColumns } from '../snapshot-columns.js'

const nameLength = 1024

/** What nodes and edges alone tell: all of a snapshot but what the names of classes and scripts are needed for. */
export type HeapGraph = Omit<HeapSnapshot, 'classes' | 'classOf' | 'location' | 'isDictionary'>

/** Makes a graph of its columns. Whatever goes through all of it is computed when it is first asked for, and kept. */
export function createHeapGraph(columns: SnapshotColumns): HeapGraph {
  const { nodeCount, edgeCount, firstEdges, strings } = columns
  const retainersOf = once(() => createRetainers(columns))
  const nodeWithId = once(() => createNodeIds(columns))
  const shortestPaths = once(() => createShortestPaths(columns))
  const dominatorTree = once(() => createDominatorTree(columns))
  const numbered = columns.edgeTypeNames.map(type => type === 'element' || type === 'hidden')

  const checkNode = (node: number): void => {
    if (Number.isInteger(node) && node >= 0 && node < nodeCount) return
    throw new RangeError(`expected a node from 0 to ${String(nodeCount - 1)}, got ${String(node)}`)
  }
  const edgeAt = (edge: number, from: number): HeapEdge => {
    const type = columns.edgeTypes[edge]!
    const name = columns.edgeNames[edge]!
    return {
      edge,
      type: columns.edgeTypeNames[type]!,
      name: numbered[type] ? name : strings.get(name),
      from,
      to: columns.edgeTargets[edge]!,
    }
  }

  return {
    nodeCount,
    edgeCount,
    totalSizeBytes: sum(columns.selfSizes),
    columns,
    node(node) {
      checkNode(node)
      const detachedness = columns.detachedness?.[node] ?? 0
      return {
        node,
        id: columns.nodeIds[node]!,
        type: columns.nodeTypeNames[columns.nodeTypes[node]!]!,
        name: strings.get(columns.nodeNames[node]!).slice(0, nameLength),
        selfSizeBytes: columns.selfSizes[node]!,
        isDetached: detachedness === 0 ? null : detachedness === 2,
      }
    },
    nodeWithId: id => nodeWithId()(id),
    references(node) {
      checkNode(node)
      const edges: HeapEdge[] = []
      for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) edges.push(edgeAt(edge, node))
      return edges
    },
    retainers(node) {
      checkNode(node)
      const { first, edges } = retainersOf()
      return Array.from(edges.subarray(first[node], first[node + 1]), edge =>
        edgeAt(edge, edgeSource(columns, edge)),
      )
    },
    pathTo(node) {
      checkNode(node)
      const reachedBy = shortestPaths()
      const path: HeapEdge[] = []
      let at = node
      while (at !== 0) {
        const edge = reachedBy[at]!
        if (edge === noEdge) return null
        const from = edgeSource(columns, edge)
        path.push(edgeAt(edge, from))
        at = from
      }
      return path.reverse()
    },
    dominators: () => dominatorTree().dominators,
    retainedSizes: () => dominatorTree().retainedSizes,
  }
}

function sum(sizes: Uint32Array | Float64Array): number {
  let total = 0
  for (let node = 0; node < sizes.length; node++) total += sizes[node]!
  return total
}

/** Edges by the node they lead to: those to node `n` are `edges` from `first[n]` up to, not including, `first[n + 1]`. */
interface Retainers {
  readonly first: Uint32Array
  /** Positions in the edge columns, ascending within a node. */
  readonly edges: Uint32Array
}

function createRetainers({ nodeCount, edgeCount, edgeTargets }: SnapshotColumns): Retainers {
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

/** Finds the node with an object id, -1 where there is none; of several with one id the first. */
function createNodeIds({ nodeIds, nodeCount }: SnapshotColumns): (id: number) => number {
  // Open addressing, at most half full; a slot holds a node's position plus one.
  const bits = Math.max(4, 33 - Math.clz32(nodeCount))
  const slots = new Uint32Array(2 ** bits)
  const mask = slots.length - 1
  const shift = 32 - bits
  const slotOf = (id: number): number => {
    let slot = Math.imul(id, 0x9e3779b1) >>> shift
    for (let held = slots[slot]!; held !== 0 && nodeIds[held - 1] !== id; held = slots[slot]!) {
      slot = (slot + 1) & mask
    }
    return slot
  }
  for (let node = 0; node < nodeCount; node++) {
    const slot = slotOf(nodeIds[node]!)
    if (slots[slot] === 0) slots[slot] = node + 1
  }
  return id => slots[slotOf(id)]! - 1
}
