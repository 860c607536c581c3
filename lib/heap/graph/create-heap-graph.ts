import { createDominatorTree } from './dominator-tree.js'
import { createNodeIds } from './node-ids.js'
import { createRetainers } from './retainers.js'
import { createShortestPaths, noEdge } from './shortest-paths.js'
import { edgeSource } from './edge-source.js'
import { once } from '../once.js'
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
