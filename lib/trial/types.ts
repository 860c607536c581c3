import type { PreloadKind } from '../agents/preload.js'
import type { Proof } from '../types/preset.js'
import type { HeapAccount } from '../heap/heap-account.js'
import type { LiveAllocations } from '../probe/protocol.cjs'
import type { ResolvedSidecar } from '../options/resolved.js'
import type { Backend, EvidenceOfResource, FirstAnswers, Sample, TrialRecord } from '../types/index.js'
import type { HttpRequest } from '../types/workload.js'

/** Everything the trial host needs to run one trial: plain data, the host knows nothing of options. */
export interface TrialSpec {
  readonly id: number
  readonly agents: readonly string[]
  readonly backend: Backend
  readonly purpose: TrialRecord['purpose']
  readonly operations: number
  /** Exact command, arguments and environment. The host adds only the probe. */
  readonly launch: LaunchSpec
  readonly ready:
    | { readonly kind: 'listening' | 'running' | 'function' }
    | { readonly kind: 'output'; readonly source: string; readonly flags: string }
  readonly readyTimeoutMs: number
  readonly trialTimeoutMs: number
  readonly collectTimeoutMs: number
  readonly workload: WorkloadSpec
  /** Operations after which a settled sample is taken, ascending, first 0, last `operations`. */
  readonly grid: readonly number[]
  readonly settle: SettleSpec
  /** Idle wait and further operations after the last grid sample; `null` for measuring trials. */
  readonly retention: RetentionSpec | null
  /** What to look at, in place of measuring; `null` for measuring trials. */
  readonly evidence: EvidenceSpec | null
  /** Known agents that the application itself loads and that are meant to be there. */
  readonly keep: readonly string[]
  /** Tell, after the last sample, which packages were loaded. */
  readonly listPackages: boolean
  /** Tell what agents have brought into the application. */
  readonly readSigns: boolean
  /** Keep the application alive after the last sample, so that another trial can go on with it. */
  readonly park: boolean
}

/** What an evidence trial looks at. */
export interface EvidenceSpec {
  /** Operations after which the application is settled and looked at, ascending; the last is the trial's operations. */
  readonly points: readonly number[]
  /** Above this many bytes of V8 heap no snapshot is taken. */
  readonly heapLimitBytes: number
  /** Part of the application to take snapshots of, as `Part.label`; `null`: the main thread. */
  readonly part: string | null
  /** Where snapshots are kept, and with which key their contents are hashed (hex; `null`: they are kept as they are). `null`: they are not kept. */
  readonly keep: { readonly folder: string; readonly key: string | null } | null
}

/** What an evidence trial found. */
export interface Captured {
  /** Those that are kept. */
  readonly snapshots: readonly CapturedSnapshot[]
  /** What they say of growth; `null` where there are not all three. */
  readonly heap: HeapAccount | null
  /** Whether ids mean the same in all snapshots. */
  readonly comparable: boolean
  /** Why there are no snapshots, or not all, in words; says what to raise. */
  readonly refused: string | null
  /** Live bytes by call stack allocated since the first point, by V8's sampling heap profile, most first. */
  readonly allocations: readonly LiveAllocations[]
  /** What was open at each point. Empty counts where the system does not tell. */
  readonly resources: readonly {
    readonly operations: number
    readonly counts: readonly {
      readonly kind: EvidenceOfResource['kind']
      readonly what: string
      readonly count: number
    }[]
  }[]
}

export interface CapturedSnapshot {
  readonly operations: number
  /** In the private folder of the trial's host, or where it is kept. */
  readonly path: string
  /** Heap of the part, after collection. */
  readonly heapBytes: number
}

/** What checks whether idle time releases what grew. */
export interface RetentionSpec {
  /** Counted from the end of the load. */
  readonly waitMs: number
  /** Performed after the wait: what expires only when it is next touched needs them to be released. */
  readonly operations: number
}

export interface LaunchSpec {
  /** Launchers of agents, put before Node. */
  readonly command: readonly string[]
  readonly nodePath: string
  /** Arguments for Node, without the probe's: the entry's, then every agent's, then its preloads. */
  readonly nodeArgs: readonly string[]
  readonly file: string
  /** Whether `file` is a program of its own, which gets neither Node nor its arguments. */
  readonly isCommand: boolean
  readonly args: readonly string[]
  readonly cwd: string
  /** The whole environment, without the probe's additions. */
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string
  /** Agents that report to a collector of the trial, in the order in which they are loaded. */
  readonly collectors: readonly CollectorSpec[]
  /** Files that agents preload, in the order in which they are loaded: what the application starts carries them as well. */
  readonly preloads: readonly Preloaded[]
  /** Port of the server that is to be driven; `null`: the application's, as it is found. */
  readonly port: number | null
  /** Files and folders that belong to agents: servers they start are not taken for the application's. */
  readonly agentPaths: readonly string[]
  /** Libraries that agents have injected, as they stand in their `LD_PRELOAD`. */
  readonly agentLibraries: readonly string[]
  /** Processes that belong to the agents, in order of starting. */
  readonly sidecars: readonly SidecarSpec[]
}

export interface Preloaded {
  readonly kind: PreloadKind
  /** Absolute path, or URL. */
  readonly file: string
}

/** A process beside the application: exact command and environment. */
export interface SidecarSpec {
  readonly agent: string
  readonly command: readonly [string, ...string[]]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly ready: ResolvedSidecar['ready']
}

/** The collector of one agent. */
export interface CollectorSpec {
  readonly agent: string
  /** The caller's own variables point the agent elsewhere. */
  readonly elsewhere: boolean
  /** What shows that the agent works; `null`: nothing is known of it. */
  readonly proof: Proof | null
  /** Variables whose placeholders are filled in when the collector is open. */
  readonly env: Readonly<Record<string, string>>
}

export type WorkloadSpec =
  | {
      readonly kind: 'http'
      readonly options: HttpPlan
      /** Whether the requests of each round come from the caller. */
      readonly requestsFromCaller: boolean
    }
  | { readonly kind: 'command'; readonly plan: CommandPlan }
  | { readonly kind: 'in-app'; readonly module: string }
  | { readonly kind: 'idle' }
  | { readonly kind: 'function' }

/** HTTP options as plain data. */
export interface HttpPlan {
  readonly requests: readonly HttpRequest[]
  readonly connections: number
  readonly expectStatus: readonly (number | string)[]
  /** Whether the caller said so: then answers of these statuses are what is meant. */
  readonly isStatusGiven: boolean
  /** Without any answer for so long, a launched application is given up. */
  readonly firstAnswerMs: number
  readonly maxFailureRate: number
  /** Until a request whose answer is not whole counts as failed. */
  readonly timeoutMs: number
  /** So many requests a connection carries; `null`: any number. */
  readonly reconnectRate: number | null
  readonly idReplacement: boolean
  /** Requests that the client gives up; `null`: none. */
  readonly abort: { readonly share: number; readonly afterMs: number; readonly seed: number } | null
  readonly http2: boolean
  /** Socket file that is connected to; `null`: a port. */
  readonly socketPath: string | null
  /** Options of `tls.connect()`. */
  readonly tls: Readonly<Record<string, unknown>>
}

/** A load generator as plain data. */
export interface CommandPlan {
  /** Absolute path. */
  readonly file: string
  /** With placeholders. */
  readonly args: readonly string[]
  readonly cwd: string
  /** Its whole environment but for `variables`, as it is. */
  readonly env: Readonly<Record<string, string>>
  /** Variables with placeholders. */
  readonly variables: Readonly<Record<string, string>>
  /** What it is told of where the application listens: everything, the port, or nothing. */
  readonly target: 'url' | 'port' | null
  /** What tells how many operations were performed; `as-asked`: its exit status. */
  readonly count:
    | { readonly kind: 'as-asked' | 'function' }
    | { readonly kind: 'output'; readonly source: string; readonly flags: string }
  /** Until a round that has not ended fails. */
  readonly timeoutMs: number
}

/** When a reading counts as settled. */
export interface SettleSpec {
  readonly intervalMs: number
  /** Consecutive readings that must lie within the tolerance. */
  readonly agree: number
  readonly toleranceBytes: number
  /** Longest wait for agreement, after the hold. */
  readonly maxMs: number
  /**
   * How long to wait after the load before readings count, because something holds memory until it is flushed at an interval.
   * `null`: not known yet, the first reading after operations finds out by watching for `watchMs`.
   */
  readonly holdMs: number | null
  readonly watchMs: number
  /** Readings begin when the agents have reported what was performed: their collectors tell. */
  readonly receipts: boolean
}

/** Failure of a trial that means that the experiment did not happen: becomes an IsolateLeakError. */
export interface TrialFailure {
  /** Before it was ready, or after. */
  readonly phase: 'launch' | 'ready' | 'measure'
  readonly kind:
    | 'crashed'
    | 'exited'
    | 'not-ready'
    | 'port-in-use'
    | 'contaminated'
    | 'baseline-agent'
    | 'agent-not-loaded'
    | 'sidecar-crashed'
    | 'sidecar-not-ready'
    | 'workload-failed'
    | 'spawn-failed'
    | 'not-permitted'
    | 'probe-lost'
    | 'aborted'
  readonly message: string
  readonly exitCode: number | null
  readonly signal: string | null
  /** Last lines of the application's output. */
  readonly output: string
  readonly cause?: { readonly name: string; readonly message: string; readonly stack?: string }
}

/** What running one {@link TrialSpec} gives. */
export type TrialResult =
  | { readonly kind: 'record'; readonly record: TrialRecord; readonly captured?: Captured }
  | { readonly kind: 'failure'; readonly failure: TrialFailure }

/** Progress and questions of a running trial. */
export interface TrialObserver {
  ready(url: string | null): void
  /** How the first requests of the launch were answered. */
  answered(answers: FirstAnswers): void
  sample(sample: Sample): void
  /** Resolves when the trial may load the machine: with a launch, or with operations. */
  turn(): Promise<void>
  /** The trial is idle until it asks for its turn again. */
  idle(): void
  /** What a function of the caller threw, as the object that it was. */
  threw?(error: unknown): void
}
