import type { Backend } from './backend.js'
import type { Component, Culprit } from './component.js'
import type { AgentCosts } from './costs.js'
import type { Verdict } from './growth.js'
import type { RunWarning, TrialRecord } from './trial-record.js'

/** What was exercised in this run, and what was not. */
export interface Conditions {
  readonly workload: string
  /** How the agents' collector behaved. */
  readonly backends: readonly Backend[]
  readonly operations: number
  readonly exercised: readonly string[]
  readonly notExercised: readonly string[]
}

/** An agent as it was attached. */
export interface ReportedAgent {
  readonly name: string
  readonly require: readonly string[]
  readonly import: readonly string[]
  readonly nodeArgs: readonly string[]
  readonly command: readonly string[]
  /** Names of the variables set or unset. */
  readonly env: readonly string[]
  /** Command of the process that belongs to it; absent: none. */
  readonly sidecar?: readonly string[]
  readonly requires: readonly string[]
  /** Name of the agent's package, where it has one. */
  readonly package: string | null
  /** Version of the agent's package, where it has one. */
  readonly version: string | null
  /** Package whose settings were used, for example `newrelic`; `null`: none are known. */
  readonly preset: string | null
  /** How it was told to send what it holds sooner, in words; `null`: not at all. */
  readonly flush: string | null
  /** Every package of its tree, where the library installed it. */
  readonly packages: readonly { readonly name: string; readonly version: string }[]
}

/** The options after defaults, without secrets. */
export interface ReportedOptions {
  readonly entry: {
    readonly file: string
    /** `true`: `file` is a program that starts Node by itself; absent: it is a script for Node. */
    readonly isCommand?: true
    readonly args: readonly string[]
    readonly nodeArgs: readonly string[]
    readonly nodePath: string
    readonly cwd: string
    /** Names of the variables set for the application; values are not kept. */
    readonly env: readonly string[]
  }
  readonly agents: readonly ReportedAgent[]
  /** The agent that is on in every trial while `agents` are its instrumentations; `null`: the agents are agents. */
  readonly carrier: ReportedAgent | null
  /** Agents that the application itself starts and that stayed on in every trial; absent: none. */
  readonly keep?: readonly string[]
  readonly effort: 'quick' | 'standard' | 'thorough'
  readonly operations: number
  /** Bytes per operation. */
  readonly threshold: number
  readonly errorRate: number
  readonly strategy: 'each' | 'halving'
  readonly backends: readonly Backend[]
  readonly concurrency: number
  readonly retentionMs: number
  readonly seed: number
  /** Which part of an experiment that is split over machines this is; absent: all of it. `agents` and `backends` are its own. */
  readonly shard?: { readonly index: number; readonly count: number }
  /** What it takes to run it again; absent in reports of earlier versions. */
  readonly rerun?: RerunOptions
}

/** Where it ran. */
export interface RunEnvironment {
  readonly isolateLeak: string
  /** Node that ran the application. */
  readonly node: string
  readonly v8: string
  readonly platform: string
  readonly arch: string
  readonly release: string
  /** C library of a Linux system, for example `glibc 2.36` or `musl`; absent: not known. */
  readonly libc?: string
  readonly cpus: number
  readonly memoryBytes: number
}

/** Launches that the next look at what is undecided needs. */
export interface NextLaunches {
  readonly launches: number
  /** Time that they take, from those that ran, ms. */
  readonly expectedMs: number
}

/** Time of the processors, as shares of all that passed, 0 to 1. */
export interface MachineLoad {
  /** By whatever ran. */
  readonly used: number
  /** By other processes than those of the run; `null`: the platform does not tell. */
  readonly byOthers: number | null
}

/** Plain data, as written to a file; {@link IsolationReport} adds methods. */
export interface ReportData {
  readonly schemaVersion: 1
  readonly verdict: Verdict
  readonly culprits: readonly Culprit[]
  readonly components: readonly Component[]
  /** What each agent costs, whether it leaks or not; an agent of a run with several `backends` under each. Absent in reports of earlier versions. */
  readonly costs?: readonly AgentCosts[]
  readonly trials: readonly TrialRecord[]
  readonly conditions: Conditions
  readonly options: ReportedOptions
  readonly environment: RunEnvironment
  readonly warnings: readonly RunWarning[]
  /** What a run that ended early would have done next; absent: every look was taken. */
  readonly next?: NextLaunches
  readonly timings: {
    /** ISO 8601. */
    readonly startedAt: string
    /** Without the time for which it was interrupted. */
    readonly totalMs: number
    /** When a run that was killed went on, ISO 8601; absent: it ran through. */
    readonly resumedAt?: readonly string[]
    /** How busy the machine was meanwhile; absent: not known. */
    readonly load?: MachineLoad
  }
}

/** The answer of {@link isolateLeak}. `JSON.stringify` gives {@link ReportData}. */
export interface IsolationReport extends ReportData {
  /** A readable account, as printed on a terminal. */
  toString(): string
  /**
   * Passes when the verdict is `clean`.
   * @throws LeakError for `leak` and for `inconclusive`; its message is the account on one screen, `error.report` has all of it
   */
  assertClean(): void
}

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
  /** What was to be installed with it. */
  readonly beside?: readonly string[]
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

/** A workload as a JSON config has it. */
export type ReportedWorkload =
  | { readonly http: Readonly<Record<string, unknown>> }
  | { readonly command: ReportedCommand }
  /** Absolute path of the module. */
  | { readonly inApp: string }
  | { readonly idle: Readonly<Record<string, never>> }

/** A load generator as it was given. */
export interface ReportedCommand {
  readonly args: readonly string[]
  /** Absolute path. */
  readonly cwd: string
  /** `null`: unset. */
  readonly env?: Readonly<Record<string, string | null>>
  readonly count?: ReportedPattern
  readonly timeoutMs?: number
}
