import type { Metric } from './growth.js'

/** A settled reading of every metric at one point of a trial. */
export interface Sample {
  /** Operations performed before it. */
  readonly operations: number
  /** What was really performed before it, where a load generator did more or fewer; growth is divided by it. Absent: `operations`. */
  readonly performed?: number
  /** Since the launch, ms. */
  readonly elapsedMs: number
  /** Time that its operations took, without settling and waiting, ms; absent in reports of earlier versions. */
  readonly loadMs?: number
  /**
   * CPU time that its operations took, until the agents had reported them where that can be seen, of all processes of the application and
   * without what readings took, ms. Absent where it is not known, and in reports of earlier versions.
   */
  readonly cpuMs?: number
  /** Answers to the requests since the reading before; absent where the workload sends none, and in reports of earlier versions. */
  readonly answers?: AnswerTimes
  /** `grid`: one of the readings that growth is computed from; `retained`: after the idle wait of a retention trial. */
  readonly kind: 'grid' | 'retained'
  /** Whether consecutive readings agreed within the tolerance before the wait was over. */
  readonly settled: boolean
  /** Largest minus smallest of the last readings, bytes of heap. */
  readonly spreadBytes: number
  /** The same of array buffers or external memory, whichever is larger. */
  readonly externalSpreadBytes: number
  /** How many readings it took. */
  readonly readings: number
  /** Value by metric; `null` where the platform does not tell. */
  readonly values: Readonly<Record<Metric, number | null>>
  /**
   * Array buffers of 64 KiB and more: how many, and their bytes. Absent where array buffers altogether have less than 512 KiB, and where
   * a thread or process did not answer.
   */
  readonly largeBuffers?: { readonly count: number; readonly bytes: number }
  /**
   * Heap that went in the moments in which connections closed, bytes, beyond 16 KiB for each: since the load before the reading ended, of a
   * `retained` one during the idle wait. Absent where that is nothing.
   */
  readonly withConnections?: number
  /** Of a `retained` one: how long the load had been over when idle time was, ms; absent in reports of earlier versions. */
  readonly idleMs?: number
  /**
   * Timers that the operations started, that go off once and were not due when the idle wait was over: how many, and their delay in ms, which
   * a quarter of them may exceed. Absent where they are few beside the operations, or have more than 15 minutes.
   */
  readonly pendingTimers?: { readonly count: number; readonly longestMs: number }
  /** Active resources by type. */
  readonly resources: Readonly<Record<string, number>>
  /** Processes that the application started, and its worker threads. Their memory is part of `values`, unless `unread` names them. */
  readonly children: number | null
  readonly workers: number | null
  /** What `values` are the sums of; absent when that is the main thread alone. */
  readonly parts?: readonly PartSample[]
  /** Processes and threads whose memory could not be read; absent when there are none. */
  readonly unread?: readonly UnreadPart[]
}

/** How long whole answers took from the request on, whatever their status. */
export interface AnswerTimes {
  readonly count: number
  /** Half of them took no longer, ms. */
  readonly p50Ms: number
  /** 99 of 100 took no longer, ms. */
  readonly p99Ms: number
}

/** One heap of the application: of its main thread, of a worker thread, or of the main thread of a Node process that it started. */
export interface PartSample {
  readonly kind: 'main' | 'thread' | 'process'
  /** The same in every trial: kind, script and a number among equals, for example `child process server-worker.cjs #2`. */
  readonly label: string
  /** By metric; those of a whole process (`fds`, `threads`, `rss`) are missing for worker threads. */
  readonly values: Readonly<Partial<Record<Metric, number>>>
  readonly heapLimitBytes: number
}

/** A process or thread of the application that could not be read. */
export interface UnreadPart {
  readonly kind: 'thread' | 'process'
  /** Label of a part, or the name of a command. */
  readonly name: string
  /** Resident memory of a process that is not Node; absent for all others. */
  readonly rssBytes?: number
}
