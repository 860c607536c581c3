import type { Readable } from 'node:stream'
import type { HeapSnapshot } from './heap-snapshot.js'
import { readColumns } from './parse/read-columns.js'
import type { ReadHeapSnapshotOptions } from './read-options.js'
import { createNodeKinds } from './classes/node-kinds.js'
import { createHeapGraph } from './graph/create-heap-graph.js'
import type { SnapshotColumns } from './snapshot-columns.js'

/**
 * Reads a heap snapshot of V8 (`*.heapsnapshot`), as Node 16 to 26 and Chromium write it.
 *
 * The content is read piece by piece into typed arrays, in about the memory that the nodes and edges need as such: 18 bytes a
 * node, 9 bytes an edge, and the strings as they are in the file. The event loop goes on meanwhile. What is in the file is
 * not trusted: whatever it holds, the outcome is a snapshot whose every position is in range, or an error.
 *
 * @param source path of the file, or a stream of its bytes, for example out of `zlib.createGunzip()`
 * @throws SnapshotInvalidError code `ERR_SNAPSHOT_INVALID`, with the `offset` of the byte where the content is no snapshot: cut
 * short, not JSON, counts or positions that contradict each other, an object id above 32 bits
 * @throws IsolateLeakError `ERR_SNAPSHOT_READ` when the source cannot be read, or memory does not suffice; `ERR_ABORTED`;
 * `ERR_OPTION_INVALID` for a source that is neither
 */
export async function readHeapSnapshot(
  source: string | Readable,
  options: ReadHeapSnapshotOptions = {},
): Promise<HeapSnapshot> {
  return createHeapSnapshot(await readColumns(source, options))
}

/** Makes a snapshot of its columns. Whatever goes through all of it is computed when it is first asked for, and kept. */
export function createHeapSnapshot(columns: SnapshotColumns): HeapSnapshot {
  const graph = createHeapGraph(columns)
  return { ...graph, ...createNodeKinds(columns, graph.retainers) }
}
