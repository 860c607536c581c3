import type { Proof } from '../types/preset.js'
import type { Shard } from '../types/decision-settings.js'
import type { Backend, GivenAgent, RunEvent, RunWarning } from '../types/index.js'
import type { OpenHost } from './open-host.js'
import type { Timing } from './timing.js'
import type { ReadyContext } from './types.js'
import type { NamedWorkload } from '../types/workload.js'

/** The entry after validation: absolute paths, a Node that was asked for its version. */
export interface ResolvedEntry {
  readonly file: string
  /** Whether `file` is a program that starts Node by itself, through others perhaps, instead of a script for Node. */
  readonly isCommand: boolean
  readonly args: readonly string[]
  readonly cwd: string
  /** Changes on top of the cleaned environment of the caller. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly nodeArgs: readonly string[]
  readonly nodePath: string
  /** Without the `v`, for example `20.20.2`. */
  readonly nodeVersion: string
  readonly v8Version: string
  readonly ready: ResolvedReady
  /** `null`: that of the server that is found. */
  readonly port: number | null
  readonly stdin: string
}

export type ResolvedReady =
  | { readonly kind: 'listening' }
  | { readonly kind: 'running' }
  | { readonly kind: 'output'; readonly pattern: RegExp }
  | { readonly kind: 'function'; readonly check: (context: ReadyContext) => unknown }

/** An agent after validation: every file exists. */
export interface ResolvedAgent {
  readonly name: string
  /** Absolute paths. */
  readonly require: readonly string[]
  /** `file:` URLs, or `data:` URLs as they were given. */
  readonly import: readonly string[]
  /** The caller's; values may hold placeholders of the collector. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What is known of the agent; `null`: nothing, or the caller wants none of it. */
  readonly preset: ResolvedPreset | null
  readonly nodeArgs: readonly string[]
  readonly command: readonly string[]
  /** A process that belongs to it. */
  readonly sidecar: ResolvedSidecar | null
  readonly requires: readonly string[]
  /** Name, version and folder of the package that the first preloaded file belongs to; `null` for a plain file. */
  readonly package: { readonly name: string; readonly version: string; readonly root: string } | null
  /** Everything that was installed with it, where the library installed it. */
  readonly tree: readonly { readonly name: string; readonly version: string }[]
}

/** An agent whose instrumentations are tried one by one. */
export interface Carrier {
  readonly agent: ResolvedAgent
  /** Variables that switch these instrumentations off, and leave all others as they are. */
  readonly off: (names: readonly string[]) => Readonly<Record<string, string>>
}

/** What a preset brings for the version that is there. */
export interface ResolvedPreset {
  readonly package: string
  /** Values may hold placeholders of the collector. */
  readonly env: Readonly<Record<string, string>>
  /** How the agent was told to hold less, in words; `null`: not at all. */
  readonly flush: string | null
  /** Array buffers that it keeps at most of what its collector does not take, bytes; `null`: not known. */
  readonly holdsBytes: number | null
  /** `null`: nothing has to be shown. */
  readonly proof: Proof | null
}

/** A sidecar after validation. */
export interface ResolvedSidecar {
  /** Absolute path of the command, then its arguments. */
  readonly command: readonly [string, ...string[]]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly ready:
    | { readonly kind: 'spawned' }
    | { readonly kind: 'output'; readonly source: string; readonly flags: string }
    | { readonly kind: 'port'; readonly port: number; readonly host: string }
}

/** Options after validation, defaults filled in, frozen. */
export interface ResolvedOptions {
  readonly entry: ResolvedEntry
  readonly agents: readonly ResolvedAgent[]
  /** An agent that is on in every trial, whose switches are what `agents` stands for; `null`: the agents are agents. */
  readonly carrier: Carrier | null
  /** Whether every trial tells which packages were loaded. */
  readonly listPackages: boolean
  readonly workload: NamedWorkload
  readonly effort: 'quick' | 'standard' | 'thorough'
  readonly operations: number
  /** Bytes per operation. */
  readonly threshold: number
  readonly errorRate: number
  readonly strategy: 'each' | 'halving'
  /** Conditions of the agents' collector; the first is that of the baseline. */
  readonly backends: readonly Backend[]
  /** Names of known agents that the application itself starts and that stay on in every trial. */
  readonly keep: readonly string[]
  /** Why the agents cannot all be on together, as the rest of a sentence; `null`: they can. */
  readonly conflict: string | null
  /** Applications at a time. */
  readonly concurrency: number
  /** Whether the caller left it to the library: then applications that cannot run beside each other run alone. */
  readonly concurrencyIsDefault: boolean
  /** Of them, how many may be under load. */
  readonly loadsAtATime: number
  /** Resident memory that applications which stay alive may take together; `null`: by what is free. */
  readonly keepAliveBytes: number | null
  readonly budgetMs: number | null
  readonly trialTimeoutMs: number
  readonly readyTimeoutMs: number
  /** How long trials wait, and for what. */
  readonly timing: Timing
  readonly evidence: 'none' | 'summary' | 'snapshots' | 'raw-snapshots'
  /** Above this size of V8's heap no snapshot is taken. */
  readonly evidenceHeapLimitBytes: number
  readonly outDir: string | null
  /** Whether to go on with what is in `outDir`. */
  readonly resume: boolean
  /** Which part of the experiment is run; `null`: all of it. */
  readonly shard: Shard | null
  readonly seed: number
  readonly signal: AbortSignal | null
  readonly onEvent: (event: RunEvent) => void
  /** Opens what runs the trials; `null`: processes do. */
  readonly openHost: OpenHost | null
  /** How some of it was given, for a report that tells how to run it again; absent: it was put together by the library. */
  readonly given?: { readonly agents: readonly GivenAgent[]; readonly nodePath: boolean }
  /** What validation noticed, for example an `engines` field that excludes the trial's Node. */
  readonly warnings: readonly RunWarning[]
}
