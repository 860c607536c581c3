/** What is asked of the probe, beside what measuring needs, where an application is looked into. */

/** Only where the settings say `evidence`. `thread`: a Worker by its `threadId`, `null` is the main thread. */
export type EvidenceRequest =
  | {
      readonly id: number
      readonly method: 'snapshot'
      readonly thread: number | null
      /** Must not be there yet. */
      readonly path: string
      readonly timeoutMs: number
    }
  | {
      readonly id: number
      readonly method: 'sample'
      readonly thread: number | null
      /** Bytes between two samples, on average. */
      readonly intervalBytes: number
      readonly timeoutMs: number
    }
  | {
      readonly id: number
      readonly method: 'allocations'
      readonly thread: number | null
      readonly timeoutMs: number
    }
  | { readonly id: number; readonly method: 'resources' }

/** Result of `snapshot`: the file is complete. When there is none the request fails, and leaves no file. */
export interface SnapshotTaken {
  /** Whether ids still mean what they meant in the snapshot before. */
  readonly idsKept: boolean
}

/** A call stack whose allocations are still alive. Result of `allocations`: an array of these, most bytes first. */
export interface LiveAllocations {
  readonly bytes: number
  /** Innermost first, only those in a script. */
  readonly frames: readonly StackFrame[]
}

export interface StackFrame {
  readonly functionName: string
  /** Path, or a name such as `node:events`. */
  readonly script: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

/** What a process has open, by what it is. Result of `resources`: an array of these. */
export interface OpenResource {
  readonly kind: 'descriptor' | 'socket' | 'thread' | 'process' | 'listener'
  /** Target of the descriptor, peer of the socket, name of the thread, command of the process, event and place of the listener. */
  readonly what: string
  readonly count: number
}
