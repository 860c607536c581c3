import type { Backend } from './backend.js'
import type { Growth, Metric, Verdict } from './growth.js'

/** Growth of one metric in one component, and what follows from it. */
export interface MetricResult {
  readonly metric: Metric
  readonly verdict: Verdict
  /** What the component adds to the baseline per operation, late in the trial (for the application: its own growth). */
  readonly growth: Growth
  /** Growth that counts as a leak, same unit. */
  readonly threshold: number
  /** Why, in words. */
  readonly reason: string
  /** Thread or process in which it grows, where it leaks and has more than its main thread. */
  readonly where?: string
}

/** Trials that growth and verdict rest on: those of the last look, of all that were launched. */
export interface Judged {
  /** Of each of them. */
  readonly operations: number
  /** With the component; of the application without agents. */
  readonly trials: number
  /** Without it; 0 for the application, which is judged by itself. */
  readonly reference: number
}

/** An agent under one condition of its collector. */
export interface BackendResult {
  readonly backend: Backend
  readonly verdict: Verdict
  /** Growth of the heap that it adds. */
  readonly growth: Growth
  readonly metrics: readonly MetricResult[]
  readonly startBytes: number | null
  readonly reason: string
  readonly trials: number
  /** Absent in reports of 0.1.0. */
  readonly judged?: Judged
}

/** One agent, or the application itself. */
export interface Component {
  /** Agent's name, or `application`. */
  readonly name: string
  readonly kind: 'agent' | 'application'
  readonly verdict: Verdict
  /** Growth of the heap that it adds. */
  readonly growth: Growth
  /** Growth of the heap of the application alone. */
  readonly baseline: Growth
  readonly metrics: readonly MetricResult[]
  /** Difference of settled heap to the baseline before the first operation, bytes: what having the agent costs once. */
  readonly startBytes: number | null
  /** Why the verdict is what it is; for `inconclusive`, what would settle it. */
  readonly reason: string
  /** Applications that were launched with it, for the application itself without agents. */
  readonly trials: number
  /** Absent in reports of 0.1.0. */
  readonly judged?: Judged
  /**
   * An agent of a run with several `backends` under each of them, in their order: it leaks when it leaks under one, and is
   * clean when it is clean under all. Growth, metrics and start are those of the condition that decides: of those with the
   * component's verdict the one with the largest leak, otherwise with the largest upper bound.
   */
  readonly backends?: readonly BackendResult[]
}

export interface Culprit {
  readonly kind: 'agent' | 'interaction' | 'application'
  /** Names of the agents; empty for the application. */
  readonly agents: readonly string[]
  readonly metric: Metric
  readonly growth: Growth
  /** How the collector behaved when it grew like that. */
  readonly backend: Backend
  /** Every condition of the collector under which it leaks, in the order of the call. */
  readonly backends: readonly Backend[]
  /** Further metrics that grow with it. */
  readonly alsoGrows: readonly { readonly metric: Metric; readonly growth: Growth }[]
  /** How it was established, in words. */
  readonly reason: string
  /** Thread or process in which it grows, for example `the child process server-worker.cjs`; absent where there is only the main thread. */
  readonly where?: string
  /** What holds the memory; absent with `evidence: 'none'`, and where it could not be found out. */
  readonly evidence?: Evidence
}

/** What holds the memory of a culprit, from an extra trial of it and one of its counterpart. Names only, no contents. */
export interface Evidence {
  /** What grows, most bytes first: its own and what only it holds. Of what is of like size, what has a name that somebody gave. */
  readonly grows: readonly EvidenceOfGrowth[]
  /** What holds it; `null` where no snapshot could be taken, or where nothing stands out. */
  readonly held: EvidenceOfHolding | null
  /** What else holds it, or gains entries with it, largest share first. */
  readonly alsoHeld: readonly EvidenceOfHolding[]
  /** The code that the heap points at; `null` where it points nowhere. */
  readonly place: EvidencePlace | null
  /** The package of that code. */
  readonly package: { readonly name: string; readonly version: string } | null
  /** Whether the heap points at the culprit as the comparison does; `null` where it points nowhere. The comparison decides. */
  readonly pointsAtCulprit: boolean | null
  /** Where what is kept was allocated, by V8's sampling heap profile, most bytes first. Supporting only. */
  readonly allocatedAt: readonly AllocationSite[]
  /** What holds what is outside of the heap: descriptors by target, sockets by peer, listeners, timers, threads. */
  readonly resources: readonly EvidenceOfResource[]
  /** One sentence for a bug report. */
  readonly sentence: string
  /** Snapshots that were kept, paths; empty unless asked for. */
  readonly files: readonly string[]
  /** Why something is missing, in words. */
  readonly notes: readonly string[]
}

export interface EvidenceOfGrowth {
  /** Constructor or function with its place, or what V8 calls it. */
  readonly name: string
  readonly type: string
  readonly properties: readonly string[]
  /** Objects an operation more than without the culprit. */
  readonly perOperation: number
  readonly bytesPerOperation: number
  /** With what only they hold, at least `bytesPerOperation`. Absent in reports of 0.1.0. */
  readonly heldBytesPerOperation?: number
  readonly place: EvidencePlace | null
}

export interface EvidenceOfHolding {
  /** From a root to what is kept, in words, for example `variable spans of (anonymous) → Map → Span`. */
  readonly path: readonly EvidenceStep[]
  /** Position in `path` of the last object that was there before the operations: the container. */
  readonly holder: number
  /** Entries an operation that the holder gains. */
  readonly perOperation: number
  /** Its share of all bytes that were added and kept, 0 to 1. */
  readonly share: number
}

export interface EvidenceStep {
  /** How it is reached from the step before: `property spans`, `element`, `variable cache`, `internal table`. */
  readonly by: string
  /** What it is: class or function, as in {@link EvidenceOfGrowth.name}. */
  readonly name: string
  readonly place: EvidencePlace | null
}

export interface EvidencePlace {
  readonly script: string
  /** The script that Node loaded, where a source map says that it was made of another. */
  readonly loaded?: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly package: { readonly name: string; readonly version: string } | null
}

export interface AllocationSite {
  readonly function: string
  readonly place: EvidencePlace
  /** Live bytes an operation, as sampled. */
  readonly bytesPerOperation: number
}

export interface EvidenceOfResource {
  readonly kind: 'descriptor' | 'socket' | 'listener' | 'timer' | 'thread' | 'context' | 'process'
  /** Target of the descriptor, peer of the socket, emitter and script of the listener, script of the callback, file. */
  readonly what: string
  readonly perOperation: number
}
