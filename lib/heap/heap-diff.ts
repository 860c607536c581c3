import type { HeapClass, HeapEdge, SourceLocation } from './heap-snapshot.js'

/** Growth between two or three snapshots of one process. */
export interface HeapDiff {
  /** Nodes of the last snapshot that the first did not have and that something keeps alive. */
  readonly added: { readonly count: number; readonly sizeBytes: number }
  /** Classes with more nodes, or larger ones, in each snapshot than in the one before, most bytes first. */
  readonly classes: readonly GrowingClass[]
  /** Objects of the first snapshot that hold more, in each snapshot, than in the one before, largest share first. */
  readonly containers: readonly GrowingContainer[]
  /** What was added, by what holds it, largest share first. */
  readonly clusters: readonly AddedCluster[]
}

export interface GrowingClass {
  /** As of the last snapshot. */
  readonly class: HeapClass
  /** Nodes in each snapshot. */
  readonly counts: readonly number[]
  /** Sum of self sizes in each snapshot. */
  readonly sizesBytes: readonly number[]
  /** Growth of count over growth of operations from the first to the last; per interval where no operations are given. */
  readonly perOperation: number
  readonly bytesPerOperation: number
  /** Whether it grew as operations did: by similar amounts an operation in both intervals. With two snapshots `null`. */
  readonly isProportional: boolean | null
}

export interface GrowingContainer {
  /** Position in the last snapshot. */
  readonly node: number
  readonly id: number
  readonly kind: 'map' | 'set' | 'weak-map' | 'weak-set' | 'array' | 'listeners' | 'object' | 'context'
  /** Entries in each snapshot. */
  readonly sizes: readonly number[]
  readonly perOperation: number
  readonly isProportional: boolean | null
  /** LeakShare: its part of what growing containers alone or jointly retain, bytes. */
  readonly leakShareBytes: number
}

export interface AddedCluster {
  /** The last object on the way that the first snapshot had already, position in the last snapshot. */
  readonly holder: number
  /** From the root to `example`. */
  readonly path: readonly HeapEdge[]
  /** How many of the edges of `path` lead to objects that were there before. */
  readonly oldSteps: number
  /** An added node that stands for the others. */
  readonly example: number
  /** Nodes that this way leads to first, without those further down. */
  readonly count: number
  readonly sizeBytes: number
  /** LeakShare: bytes of added nodes that only these nodes lead to, and an equal part of those that others lead to as well. */
  readonly leakShareBytes: number
  readonly isProportional: boolean | null
  readonly perOperation: number
  /** First place outside Node's own code, from `holder` on. */
  readonly location: SourceLocation | null
}
