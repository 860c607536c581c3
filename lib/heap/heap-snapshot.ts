import type { SnapshotColumns } from './snapshot-columns.js'

/** A heap snapshot in memory. Nodes are named by their position in the file, from 0; node 0 is the root. */
export interface HeapSnapshot {
  readonly nodeCount: number
  readonly edgeCount: number
  /** Sum of the self sizes of all nodes, bytes. */
  readonly totalSizeBytes: number
  /** The graph as typed arrays, for analyses of one's own. */
  readonly columns: SnapshotColumns
  /** @throws RangeError for a position that is no node */
  node(node: number): HeapNode
  /** Position of the node with V8's object id `id`, -1 where there is none. */
  nodeWithId(id: number): number
  /** What the node refers to. */
  references(node: number): HeapEdge[]
  /** What refers to the node, in order of the referring nodes. */
  retainers(node: number): HeapEdge[]
  /** Objects that are of one kind, largest sum of self sizes first. */
  classes(): readonly HeapClass[]
  /** The class a node is of. */
  classOf(node: number): HeapClass
  /**
   * Way from the root to the node over edges that keep it alive (weak ones do not), the root first; empty for the root, `null`
   * for a node that nothing keeps alive.
   *
   * The shortest over what programs hold things with: variables, properties, collections, handles. Only for what these do not
   * reach: over prototypes, shapes and code; then from the stack of the call that took the snapshot and from V8's own caches.
   * What a WeakMap keeps is reached by its key.
   */
  pathTo(node: number): readonly HeapEdge[] | null
  /**
   * Immediate dominator of each node: the last that every way from the root leads through. The root is its own, and that of
   * what nothing keeps alive.
   */
  dominators(): Uint32Array
  /** Bytes by node that would be free if nothing referred to it. */
  retainedSizes(): Float64Array
  /** Script of a function, or of the constructor of an object; `null` where the snapshot does not tell. */
  location(node: number): SourceLocation | null
  /** Whether an object is a dictionary: its property names come from data, or from very many assignments. */
  isDictionary(node: number): boolean
}

export interface HeapNode {
  readonly node: number
  /** V8's object id: the same for the same object in later snapshots of the process. */
  readonly id: number
  /** For example `object`, `closure`, `array`, `string`, `native`. */
  readonly type: string
  /** Constructor of an object, name of a function, content of a string (up to 1,024 characters). */
  readonly name: string
  readonly selfSizeBytes: number
  /** Detached from the document or context that it belonged to; `null` where the snapshot does not tell. */
  readonly isDetached: boolean | null
}

export interface HeapEdge {
  /** Position in the edge columns. */
  readonly edge: number
  /** For example `property`, `element`, `context` (a variable), `internal`, `hidden`, `shortcut`, `weak`. */
  readonly type: string
  /** Name of the property or variable, or index of the element. */
  readonly name: string | number
  readonly from: number
  readonly to: number
}

/** Nodes of one kind: objects of one constructor and shape, closures of one function, arrays, strings. */
export interface HeapClass {
  /** The same in another snapshot of the same application, also of another process. */
  readonly key: string
  /** Constructor or function, `(anonymous)` where it has no name; for all else what V8 calls it. */
  readonly name: string
  /** V8's type of its nodes. */
  readonly type: string
  /** Names of the properties of its objects, in order, where there are few and they are no dictionaries. */
  readonly properties: readonly string[]
  /** Where the function, or the constructor, is. */
  readonly location: SourceLocation | null
  readonly count: number
  /** Sum over its nodes. */
  readonly selfSizeBytes: number
  /** Its nodes, ascending. */
  nodes(): Uint32Array
}

/** A place in a script. */
export interface SourceLocation {
  /** Path, or URL, as V8 knows it: `node:` names and absolute paths. Empty where V8 does not tell. */
  readonly script: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** Package that the script belongs to, by the nearest `package.json` with a name; `null`: none found, or Node's own code. */
  readonly package: PackageOfScript | null
  /** Where a source map says that it came from. */
  readonly original?: { readonly script: string; readonly line: number; readonly column: number }
}

export interface PackageOfScript {
  readonly name: string
  readonly version: string
}
