import type { ReportedWorkload } from './reported-workload.js'

/** What it takes to run an experiment again, beyond the rest of the options. Names of variables, no values, no secrets. */
export interface RerunOptions {
  /** The workload as a JSON config has it; `null`: it holds functions, or what must not be in a report. */
  readonly workload: ReportedWorkload | null
  readonly entry: {
    /** When the workload began; `null`: a function said so, or a pattern that must not be in a report. */
    readonly ready: 'listening' | 'running' | ReportedPattern | null
    readonly variables: ReportedVariables
    /** Port of the server that requests went to, where the caller said so. */
    readonly port?: number
    /** Whether a text was written to its standard input; it is not kept. */
    readonly stdin: boolean
    /** Whether the caller named the Node that ran it; otherwise it was the caller's own. */
    readonly nodePath: boolean
  }
  /** Each agent as it was given, in the order of `agents`; with a carrier, the carrier alone. */
  readonly agents: readonly GivenAgent[]
  /** Applications at a time, where the caller said so. */
  readonly concurrency: number | null
  readonly trialTimeoutMs: number
  readonly readyTimeoutMs: number
  readonly evidence: 'none' | 'summary' | 'snapshots' | 'raw-snapshots'
  readonly evidenceHeapLimitBytes: number
}

/** A regular expression. */
export interface ReportedPattern {
  readonly pattern: string
  readonly flags: string
}

/** Variables that were set or unset. */
export interface ReportedVariables {
  /** Names of those with a value, which is not kept. */
  readonly set: readonly string[]
  /** Names of those that were unset. */
  readonly unset: readonly string[]
  /** Those whose value is nothing but placeholders of the collector, for example `{collector.port}`. */
  readonly placeholders: Readonly<Record<string, string>>
}

/** How an agent was given, as far as it does not follow from what it was attached as. */
export interface GivenAgent {
  readonly name: string
  /** It was given as this text, for example `newrelic`; absent: as an object. */
  readonly text?: string
  /** The package that was asked for, for example `dd-trace@^5.20`. */
  readonly package?: string
  /** The preset that was asked for; `null`: none was wanted. */
  readonly preset?: string | null
  /** Absolute paths, and names of packages as they were given. */
  readonly require?: readonly string[]
  readonly import?: readonly string[]
  readonly variables?: ReportedVariables
  readonly sidecar?: {
    /** Absent: the application's. */
    readonly cwd?: string
    readonly variables: ReportedVariables
    readonly ready: 'spawned' | ReportedPattern | { readonly port: number; readonly host: string }
  }
}
