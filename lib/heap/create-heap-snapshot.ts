import { createNodeKinds } from './classes/node-kinds.js'
import { createHeapGraph } from './graph/create-heap-graph.js'
import type { HeapSnapshot } from './heap-snapshot.js'
import type { SnapshotColumns } from './snapshot-columns.js'

/** Makes a snapshot of its columns. Whatever goes through all of it is computed when it is first asked for, and kept. */
export function createHeapSnapshot(columns: SnapshotColumns): HeapSnapshot {
  const graph = createHeapGraph(columns)
  return { ...graph, ...createNodeKinds(columns, graph.retainers) }
}
