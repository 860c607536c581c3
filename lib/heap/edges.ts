import type { SnapshotColumns } from './snapshot-columns.js'

/** Finds single edges of a node by type and name, without a description of each. */
export interface EdgeFinder {
  /** Node that the edge `name` (a position in the strings) of type `internal` leads to, -1 where there is none. */
  internal(node: number, name: number): number
}

/** Position of `text` among the names of a type, -1 where V8 does not know it. */
export function typeOf(names: readonly string[], text: string): number {
  return names.indexOf(text)
}

/** V8 writes what it knows of an object's inside last: searching from the end finds it at once. */
export function createEdgeFinder(columns: SnapshotColumns): EdgeFinder {
  const { firstEdges, edgeTypes, edgeNames, edgeTargets } = columns
  const internalType = typeOf(columns.edgeTypeNames, 'internal')
  return {
    internal(node, name) {
      if (name < 0) return -1
      const first = firstEdges[node] ?? 0
      for (let edge = (firstEdges[node + 1] ?? 0) - 1; edge >= first; edge--) {
        if (edgeNames[edge] === name && edgeTypes[edge] === internalType) return edgeTargets[edge] ?? -1
      }
      return -1
    },
  }
}
