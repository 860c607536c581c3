import type { BisectData } from '../../types/bisect.js'

/** Options of {@link postmortem}. */
export interface PostmortemOptions {
  /** Operations a second in production, for what growth amounts to in time. Default 100, and the text says that it was assumed. */
  readonly operationsPerSecond?: number
  /**
   * Memory that the process may take, bytes, for example the limit of its container. Default: V8's heap limit in the trials, for
   * what grows in the heap.
   */
  readonly memoryLimitBytes?: number
  /**
   * What the process takes before it grows, bytes. Default: what the culprit's trials took before the first operation, the heap
   * against V8's limit, resident memory against a limit that was given.
   */
  readonly startingBytes?: number
  /** Files that belong to the incident. Default none. */
  readonly files?: readonly SupportingFile[]
  /** An answer of `bisectVersions()`: where the leak began, and where it was fixed. */
  readonly bisect?: BisectData
  /** Config that ran the experiment, for commands to copy. Default `leak.config.js`. */
  readonly config?: string
}

/** A file that belongs to an incident. */
export interface SupportingFile {
  /** As it is to be shown. */
  readonly path: string
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
}
