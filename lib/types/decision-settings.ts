import type { Backend, Metric } from './index.js'

/** What is loaded into the application for an agent: files of a package, a plain file, or nothing but settings. */
export type Loads = 'package' | 'file' | 'nothing'

/** What a decision depends on besides the trials. */
export interface DecisionSettings {
  /** In the order of the call. */
  readonly agents: readonly {
    readonly name: string
    readonly requires: readonly string[]
    /** Absent: not known. */
    readonly loads?: Loads
    /** Array buffers that it keeps at most of what its collector does not take, bytes. Absent: not known. */
    readonly holdsBytes?: number
  }[]
  /** Operations of the trials of the first stage; the second stage has twice as many. */
  readonly operations: number
  /** Smallest growth of the heap that counts as a leak, bytes per operation. */
  readonly threshold: number
  /** Chance of accusing a harmless component, over the whole report. */
  readonly errorRate: number
  /** `second`: an operation is a second, and growth is divided by the time between readings. */
  readonly unit: 'operation' | 'second'
  /** Idle wait of retention trials, ms; 0: none are made. */
  readonly retentionMs: number
  /** Which sets are launched. Default `each`. */
  readonly strategy?: 'each' | 'halving'
  /** Whether all agents can be on together. Default no: agents are only tried alone. */
  readonly together?: boolean
  /** Conditions of the agents' collector; the baseline is that of all and carries the first. Default `['up']`. */
  readonly backends?: readonly Backend[]
  /** Further agents that might have been accused instead, and share the error rate. Default 0. */
  readonly others?: number
}

/** Metrics in bytes that are judged by intervals. */
export type ByteMetric = Extract<Metric, 'heap' | 'arrayBuffers' | 'external' | 'code'>

/** Metrics that are exact integers and judged by proportion. */
export type CountMetric = Extract<Metric, 'handles' | 'listeners' | 'fds' | 'threads' | 'contexts'>

export const BYTE_METRICS: readonly ByteMetric[] = ['heap', 'arrayBuffers', 'external', 'code']
export const COUNT_METRICS: readonly CountMetric[] = ['handles', 'listeners', 'fds', 'threads', 'contexts']

/** Which of the machines that share an experiment. */
export interface Shard {
  /** From 1. */
  readonly index: number
  readonly count: number
}

/** What a run is judged by. */
export interface JudgedRun {
  readonly settings: DecisionSettings
  /** Of which part of a split run the trials are judged; absent: all of it. */
  readonly shard?: Shard
}
