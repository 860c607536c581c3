import type { StringTable } from './string-table.js'

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
