/** What the probe reads of an application, and what the trial host makes of it. Types only. */

/** One reading of one heap, taken right after two full collections. Sizes in bytes. */
export interface IsolateReading {
  /** `usedSize` of V8's heap. */
  readonly heapUsed: number
  /** V8's heap limit. */
  readonly heapLimit: number
  /** Of `heapUsed`, what V8 compiled: machine code and bytecode with their metadata (`v8.getHeapCodeStatistics()`). */
  readonly compiledCode: number
  readonly arrayBuffers: number
  /** External memory without array buffers. */
  readonly external: number
  readonly nativeContexts: number
  readonly detachedContexts: number
  /** Active resources by type, as `process.getActiveResourcesInfo()` names them; empty on Node before 17.3. */
  readonly resources: Readonly<Record<string, number>>
  /** Listeners on `process`, all events. */
  readonly listeners: number
  /** How long collecting took, ms. */
  readonly collectMs: number
  /** Absent when they were not looked up. */
  readonly largeBuffers?: LargeBuffers
}

/** Array buffers of 64 KiB and more in the context of the application. */
export interface LargeBuffers {
  readonly count: number
  /** Together. */
  readonly bytes: number
}

/** A Worker of the application. */
export interface ThreadReading {
  /** Its `threadId`. */
  readonly id: number
  /** Of its script; empty for code that was handed over as text. */
  readonly url: string
  /** `null` when it never answered. */
  readonly reading: IsolateReading | null
  /** `false`: it did not answer in time, now or earlier; what was read before stands for it. */
  readonly current: boolean
}

/** Counters of a process as a whole. `null`: not available on this platform. */
export interface ProcessCounts {
  readonly rss: number
  readonly threads: number | null
  readonly descriptors: number | null
}

/** A process that the application started, itself or through others. */
export interface Descendant extends ProcessCounts {
  readonly pid: number
  readonly parent: number
  /** Name of the command, as the system knows it. */
  readonly name: string
  /** Runs Node: its probe will connect, unless it was kept from it. */
  readonly isNode: boolean
}

/** One process of the application. Result of `read`. */
export interface ProcessReading extends ProcessCounts {
  readonly main: IsolateReading
  readonly workers: readonly ThreadReading[]
  /** Processes below this one, `null` where they cannot be known. Only of the launched process. */
  readonly descendants: readonly Descendant[] | null
}

/** One heap of the application: of its main thread, of a Worker, or of the main thread of a Node process that it started. */
export interface Part {
  readonly kind: 'main' | 'thread' | 'process'
  /** The same in every trial, for example `child process server-worker.cjs #2`. */
  readonly label: string
  /** `null` when it never answered. */
  readonly reading: IsolateReading | null
  /** `false`: it did not answer in time, now or earlier; what was read before stands for it. */
  readonly current: boolean
  /** Of the process that the heap is in; `null` for Workers. */
  readonly counts: ProcessCounts | null
}

/**
 * The whole application: the host adds up what its processes and threads say. Sizes in bytes, of the heap limit those of the
 * main thread. `null`: not available on this platform.
 */
export interface Reading extends IsolateReading, ProcessCounts {
  /** Processes below the application's, `null` where they cannot be known. */
  readonly children: number | null
  /** Worker threads of the application and of the Node processes that it started. */
  readonly workers: number | null
  /** What the sums are made of; absent when it is the main thread alone. */
  readonly parts?: readonly Part[]
  /** Processes without a probe in them: their heaps are in no sum. Absent when there are none. */
  readonly unmeasured?: readonly Descendant[]
}

/** CPU time of a process and of all below it since they began. Result of `cpu`, answered also while the application is busy. */
export interface CpuUsed {
  /** With what processes used that have ended and were waited for. Of other processes to 10 ms. */
  readonly ms: number
  /** Whether the system tells of the processes below; otherwise `ms` is of the process itself. */
  readonly ofAll: boolean
}

/** Result of `usage`: V8's figures without collecting, answered also while the application is busy. */
export interface Usage {
  readonly heapUsed: number
  readonly heapTotal: number
}
