/**
 * A heap snapshot as columns, one entry a node or edge in the order of the file. Everything else is computed from these.
 *
 * Nodes and edges are named by their position. The edges of node `n` are those from `firstEdges[n]` up to, not including,
 * `firstEdges[n + 1]`.
 */
export interface SnapshotColumns {
  readonly nodeCount: number
  readonly edgeCount: number
  /** Names of the node types, for example `object` or `closure`; `nodeTypes` are positions in it. */
  readonly nodeTypeNames: readonly string[]
  /** Names of the edge types, for example `property` or `internal`; `edgeTypes` are positions in it. */
  readonly edgeTypeNames: readonly string[]
  readonly nodeTypes: Uint8Array
  /** Positions in `strings`. */
  readonly nodeNames: Uint32Array
  /** V8's object ids: the same for the same object in later snapshots of the process. */
  readonly nodeIds: Uint32Array
  /** Bytes. 64 bit wide where one node has 4 GiB or more. */
  readonly selfSizes: Uint32Array | Float64Array
  /** `nodeCount + 1` positions in the edges. */
  readonly firstEdges: Uint32Array
  /** V8's detachedness by node, `null` where the snapshot does not tell. */
  readonly detachedness: Uint8Array | null
  readonly edgeTypes: Uint8Array
  /** Positions in `strings`, or, for the types `element` and `hidden`, the index itself. */
  readonly edgeNames: Uint32Array
  /** Node that the edge leads to. */
  readonly edgeTargets: Uint32Array
  readonly strings: StringTable
  readonly locations: LocationColumns
}

/** Where functions are, and constructors of objects: one entry a location, ascending by node. */
export interface LocationColumns {
  readonly nodes: Uint32Array
  readonly scriptIds: Uint32Array
  /** From 0. */
  readonly lines: Uint32Array
  /** From 0. */
  readonly columns: Uint32Array
}

/** The strings of a snapshot, decoded when they are asked for. */
export interface StringTable {
  readonly length: number
  /**
   * The string at a position, whole: V8 cuts the contents of strings to 1,024 characters itself.
   * @throws RangeError for a position outside the table
   */
  get(position: number): string
  /** Position of the first string that equals `text`, -1 where there is none. */
  indexOf(text: string): number
}

/** Finds single edges of a node by type and name, without a description of each. */
interface EdgeFinder {
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
