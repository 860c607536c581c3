import type { HeapClass, HeapEdge, SourceLocation } from './heap-snapshot.js'

/** Options of `diffHeapSnapshots`. */
export interface HeapDiffOptions {
  /**
   * Operations between the first and the second snapshot, and between the second and the third. Rates are per operation then;
   * without, each interval counts as one operation.
   */
  readonly operations?: readonly [first: number, second?: number]
}

/** Growth between two or three snapshots of one process. */
export interface HeapDiff {
  /** Nodes of the last snapshot that the first did not have and that something keeps alive. */
  readonly added: { readonly count: number; readonly sizeBytes: number }
  /**
   * Classes with more nodes, or more bytes, in each snapshot than in the one before: proportional ones first, then most bytes
   * first.
   */
  readonly classes: readonly GrowingClass[]
  /**
   * Objects of the first snapshot that hold more, in each snapshot, than in the one before: proportional ones first, then largest
   * share first.
   */
  readonly containers: readonly GrowingContainer[]
  /** What was added, by what holds it: proportional ones first, then largest share first. At most 64. */
  readonly clusters: readonly AddedCluster[]
  /**
   * Bytes of added nodes of a class of the last snapshot, and of those that nothing but these leads to: what would not have been
   * added without them. Needs dominators, which are computed when it is first asked for.
   */
  heldBytes(of: HeapClass): number
}

export interface GrowingClass {
  /** As of the last snapshot. */
  readonly class: HeapClass
  /** Nodes in each snapshot. */
  readonly counts: readonly number[]
  /** Sum of self sizes in each snapshot. */
  readonly sizesBytes: readonly number[]
  /** Growth of count over growth of operations from the first to the last. */
  readonly perOperation: number
  readonly bytesPerOperation: number
  /**
   * Whether it grew as operations did: in both intervals, by amounts an operation within a factor of two of each other. `null`
   * with two snapshots.
   */
  readonly isProportional: boolean | null
}

export interface GrowingContainer {
  /** Position in the last snapshot. */
  readonly node: number
  readonly id: number
  readonly kind: 'map' | 'set' | 'weak-map' | 'weak-set' | 'array' | 'listeners' | 'object'
  /**
   * Entries in each snapshot. V8 shows no entries that are small numbers; where there are no others, this is an estimate from
   * the room for them, and `isEstimate` says so.
   */
  readonly sizes: readonly number[]
  readonly isEstimate: boolean
  readonly perOperation: number
  /**
   * As for {@link GrowingClass}. `null` as well for an estimate that grew once only: room grows by doubling.
   */
  readonly isProportional: boolean | null
  /**
   * LeakShare (Vilk and Berger, BLeak, PLDI 2018): bytes of added nodes that it alone leads to, and an equal part of those that
   * others lead to as well.
   */
  readonly leakShareBytes: number
}

/**
 * What one object that was there before leads to now: the objects of an array, the links of a chain, with all that hangs on them.
 * Objects of one class that each lead to a few are one holder.
 */
export interface AddedCluster {
  /** The last object on the way that the first snapshot had already, position in the last snapshot. */
  readonly holder: number
  /** From the root to `example`. */
  readonly path: readonly HeapEdge[]
  /** How many of the edges of `path` lead to objects that were there before. */
  readonly oldSteps: number
  /** An added node that stands for the others: of the class that is met first on the way and grows, not the newest. */
  readonly example: number
  /** Added nodes of the class of `example` that this way leads to. */
  readonly count: number
  /** Bytes of all added nodes that this way leads to. */
  readonly sizeBytes: number
  /** As for {@link GrowingContainer}. */
  readonly leakShareBytes: number
  /** As for {@link GrowingClass}, of what is held and of the whole class of `example`. */
  readonly isProportional: boolean | null
  /** Nodes like `example`, or entries of the holder where those are numbers, over operations. */
  readonly perOperation: number
  /**
   * Place outside Node's own code that holds, or made, what was added: the function itself where functions are kept, else the
   * code around the holder, else what is kept, else what is found on the way from the holder back to the root.
   */
  readonly location: SourceLocation | null
}
