import type { Backend } from './backend.js'
import type { Component, Culprit } from './component.js'
import type { Verdict } from './growth.js'
import type { RerunOptions } from './rerun.js'
import type { TrialRecord, Warning } from './trial-record.js'

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
  readonly trials: readonly TrialRecord[]
  readonly conditions: Conditions
  readonly options: ReportedOptions
  readonly environment: RunEnvironment
  readonly warnings: readonly Warning[]
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
