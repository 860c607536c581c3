import { diffHeapSnapshots } from '../diff/diff-heap-snapshots.js'
import type { HeapSnapshot } from '../heap-snapshot.js'
import { readHeapSnapshot } from '../read-heap-snapshot.js'
import { heapAccount, type HeapAccount } from './heap-account.js'

/** A snapshot file, and the operations that had been performed when it was taken. */
export interface SnapshotFile {
  readonly path: string
  readonly operations: number
}

/**
 * What three snapshots of one process say of its growth.
 * @param mask replaces names that look like data
 * @throws IsolateLeakError `ERR_SNAPSHOT_INVALID`, `ERR_SNAPSHOT_READ` or `ERR_ABORTED`
 */
export async function accountOfFiles(
  files: readonly [SnapshotFile, SnapshotFile, SnapshotFile],
  mask: (name: string) => string,
  signal: AbortSignal,
): Promise<HeapAccount> {
  const read = async ({ path }: SnapshotFile): Promise<HeapSnapshot> => readHeapSnapshot(path, { signal })
  const [first, second, third] = files
  const between = [second.operations - first.operations, third.operations - second.operations] as const
  const snapshots = [await read(first), await read(second), await read(third)] as const
  const diff = diffHeapSnapshots(...snapshots, { operations: between })
  return heapAccount(diff, snapshots[2], between[0] + between[1], mask)
}
