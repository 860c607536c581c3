/** Options of {@link readHeapSnapshot}. */
export interface ReadHeapSnapshotOptions {
  /** Stops reading, closes the file, destroys the stream. */
  readonly signal?: AbortSignal
  /** Called when another part begins and, at most, four times a second. What it throws ends the reading. */
  readonly onProgress?: (event: SnapshotProgress) => void
}

/** How far reading has come. */
export interface SnapshotProgress {
  readonly phase: SnapshotPhase
  readonly bytesRead: number
  /** Size of the file; `null` for a stream. */
  readonly bytesTotal: number | null
}

/** Part of a snapshot that is being read; `other` is what nothing is made of. */
export type SnapshotPhase = 'snapshot' | 'nodes' | 'edges' | 'locations' | 'strings' | 'other'

/** Computes a value when it is first asked for, and keeps it. */
export function once<T>(compute: () => T): () => T {
  let kept: { readonly value: T } | undefined
  return () => (kept ??= { value: compute() }).value
}
