/**
 * Heap snapshots of V8: what is in them, what keeps it alive, what was added between two.
 * @packageDocumentation
 */
export { readHeapSnapshot } from './read-heap-snapshot.js'
export type { ReadHeapSnapshotOptions, SnapshotPhase, SnapshotProgress } from './read-options.js'
export type {
  HeapClass,
  HeapEdge,
  HeapNode,
  HeapSnapshot,
  PackageOfScript,
  SourceLocation,
} from './heap-snapshot.js'
export { diffHeapSnapshots } from './diff/diff-heap-snapshots.js'
export type { AddedCluster, GrowingClass, GrowingContainer, HeapDiff, HeapDiffOptions } from './heap-diff.js'
export { SnapshotInvalidError } from './snapshot-invalid-error.js'
export type { LocationColumns, SnapshotColumns, StringTable } from './snapshot-columns.js'
