import type { Backend } from './backend.js'
import type { Growth, Verdict } from './growth.js'
import type { Sample } from './sample.js'
import type { DrivenServer, TrialRecord, RunWarning, WorkloadCounts } from './trial-record.js'

/** Progress, in order. */
export type RunEvent =
  | {
      /** A package that an agent asks for in a version is fetched, before the first trial. */
      readonly type: 'install'
      readonly step: 'ask' | 'pack' | 'install' | 'cached'
      readonly package: string
    }
  | {
      /** Of several Nodes that are compared, the run on this one begins; its trials are numbered anew. */
      readonly type: 'node'
      /** Version, without a `v`. */
      readonly node: string
      /** From 1. */
      readonly index: number
      readonly count: number
    }
  | {
      /** Of several agents that changed, the run with both versions of this one begins; its trials are numbered anew. */
      readonly type: 'upgrade'
      /** Name of its package. */
      readonly agent: string
      /** The same as `to` where only packages beneath it changed. */
      readonly from: string
      readonly to: string
      /** From 1. */
      readonly index: number
      readonly count: number
    }
  | {
      /** A run that was killed goes on, with so many trials that it had finished. */
      readonly type: 'resume'
      readonly trials: number
    }
  | {
      readonly type: 'plan'
      readonly trials: readonly PlannedTrial[]
      /** How long these trials will take; `null` before any ran. */
      readonly expectedMs: number | null
      /** The sets that these trials launch, and why. */
      readonly sets: readonly {
        readonly agents: readonly string[]
        readonly backend: Backend
        readonly why: SetPurpose
      }[]
      readonly forecast: Forecast
    }
  | { readonly type: 'trial-start'; readonly trial: PlannedTrial }
  | { readonly type: 'trial-ready'; readonly trial: PlannedTrial; readonly url: string | null }
  | {
      /** How the application answered its first requests, before anything is measured; where a launch is driven by `http()`. */
      readonly type: 'first-answers'
      readonly trial: PlannedTrial
      readonly answers: FirstAnswers
    }
  | { readonly type: 'trial-sample'; readonly trial: PlannedTrial; readonly sample: Sample }
  | { readonly type: 'trial-end'; readonly trial: PlannedTrial; readonly record: TrialRecord }
  | {
      /** What the trials so far show, whenever they are looked at. */
      readonly type: 'estimate'
      readonly components: readonly EstimateSoFar[]
    }
  | {
      readonly type: 'verdict'
      readonly component: string
      readonly verdict: Verdict
      readonly reason: string
    }
  | { readonly type: 'warning'; readonly warning: RunWarning }

/**
 * Why a set of agents is launched: as what others are compared with, to judge one agent alone, to judge all together, to find
 * whom growth comes from, to confirm what was found, to find the smallest set that leaks.
 */
export type SetPurpose = 'baseline' | 'alone' | 'together' | 'search' | 'confirm' | 'minimise'

/** What the first requests to an application showed. */
export interface FirstAnswers {
  readonly driven: DrivenServer
  /** Answers by status, as {@link WorkloadCounts.byStatus} counts them. */
  readonly byStatus: WorkloadCounts['byStatus']
  /** How long the first answer took, ms; `null`: there was none. */
  readonly firstMs: number | null
  /** Why what the workload asks for is not exercised, and what to write; `null`: the answers are no refusal. */
  readonly refused: string | null
  /** Requests that the agents' collectors had received by then, by agent. */
  readonly reported: Readonly<Record<string, number>>
  /** How long the operations of the trial take at least, if all are answered like the first, ms. */
  readonly expectedMs: number | null
}

/** How many trials a whole run is expected to take, idle checks included. */
export interface Forecast {
  /** When nothing leaks and the first look at everything tells. */
  readonly clean: number
  /** When one agent leaks; `null` when there is none. */
  readonly oneLeak: number | null
}

/** A component while the run goes on. */
export interface EstimateSoFar {
  /** Agent's name, or `application`. */
  readonly component: string
  /** `inconclusive`: not decided yet. Any of them may change with further trials. */
  readonly verdict: Verdict
  /** Growth of the heap that it adds; without an interval (see {@link Growth}) after its first trials. */
  readonly growth: Growth
}

export interface PlannedTrial {
  readonly id: number
  readonly agents: readonly string[]
  /** How the agents' collector behaves. The baseline serves all conditions and carries the first backend of the call. */
  readonly backend: Backend
  readonly purpose: 'measure' | 'retention' | 'evidence'
  readonly operations: number
}
