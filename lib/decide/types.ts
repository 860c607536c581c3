import type { Backend, Component, Culprit, Metric, SetPurpose, Verdict, Warning } from '../types.js'

/** What a decision depends on besides the trials. */
export interface DecisionSettings {
  /** In the order of the call. */
  readonly agents: readonly { readonly name: string; readonly requires: readonly string[] }[]
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

/** Trials that an arm must have before it can be looked at again. */
export interface Need {
  readonly purpose: 'measure' | 'retention'
  readonly operations: number
  /** Completed trials of that purpose and size wanted in all. */
  readonly trials: number
}

/** How far an arm is. */
export interface ArmState {
  /** Agents switched on, in the order of the call; empty for the baseline. */
  readonly agents: readonly string[]
  /** Condition of the collector; the first for the baseline. */
  readonly backend: Backend
  readonly why: SetPurpose
  /**
   * - `open`: more trials are wanted
   * - `filling`: growth that slows down, twice the operations will tell
   * - `late`: growth that began late or stands near the threshold, twice the operations will tell
   * - `accusable`: growth is shown, a retention trial is wanted
   * - `decided`: no more trials are wanted for its own sake
   */
  readonly status: 'open' | 'filling' | 'late' | 'accusable' | 'decided'
  /** What it needs, for its own sake or as the reference of another arm. */
  readonly needs: readonly Need[]
}

/** What follows from the trials so far. */
export interface Decision {
  readonly verdict: Verdict
  /** The application first, then the agents in the order of the call. */
  readonly components: readonly Component[]
  readonly culprits: readonly Culprit[]
  /** Warnings of the trials and those that the decision itself gives rise to. */
  readonly warnings: readonly Warning[]
  readonly arms: readonly ArmState[]
  /** What was exercised of sets of agents, and what was not, in words. */
  readonly sets: { readonly exercised: readonly string[]; readonly notExercised: readonly string[] }
  /** Whether nothing is left to run. */
  readonly done: boolean
}

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
