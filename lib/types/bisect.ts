import type { Growth, Metric, ReportedOptions, RunEnvironment, RunWarning, TrialRecord } from './index.js'

/**
 * - `found`: there are versions that leak and others that do not, and both sides of every edge were confirmed
 * - `clean`: none was seen to leak
 * - `leaks-throughout`: all that were tested leak
 * - `inconclusive`: none of these could be shown
 */
export type BisectVerdict = 'found' | 'clean' | 'leaks-throughout' | 'inconclusive'

/** Two versions with different answers and nothing between them that could be tested. */
export interface BisectEdge {
  /** `bad`: `version` leaks and `before` does not; `fixed`: the other way round. */
  readonly kind: 'bad' | 'fixed'
  readonly version: string
  readonly before: string
  /** Probability that the edge is here, from the trials. */
  readonly probability: number
  /**
   * Both sides were judged as `isolateLeak()` judges agents: one leaks, and the other is clean, or where its noise leaves that open, at
   * least clearly without this leak (then its `confirmed` is `false`).
   */
  readonly confirmed: boolean
  /** Versions between the two that could not be tested: the edge may be at one of them. */
  readonly between: readonly string[]
  /** Packages of the two installed trees that differ, without the agent itself. */
  readonly packages: readonly PackageChange[]
}

/** What is known of one version. */
export interface BisectVersion {
  readonly version: string
  /**
   * `good`, `bad`: measured; `untested`: the answer follows from those around it, see `probability`; `inconclusive`: it does not install
   * or start, or came to no answer; `skipped`: it is not for the trial's Node
   */
  readonly state: 'good' | 'bad' | 'inconclusive' | 'untested' | 'skipped'
  /** Mean growth beyond the application's own, of the metric that stands out most; absent: not measured. */
  readonly growth?: { readonly metric: Metric; readonly estimate: number; readonly unit: Growth['unit'] }
  /** Trials of it, whatever became of them. */
  readonly trials: number
  /** Probability that it leaks; absent where it cannot be tested. */
  readonly probability?: number
  /** Whether it was judged as `isolateLeak()` judges agents. */
  readonly confirmed: boolean
  /** Why it is inconclusive or skipped, or was not shown to be clean. */
  readonly reason?: string
}

/** The answer as plain data. */
export interface BisectData {
  readonly verdict: BisectVerdict
  /** Name of the agent's package. */
  readonly agent: string
  /** First version of the first confirmed episode; absent: the oldest version leaks already, or none does. */
  readonly firstBad?: string
  /** First version that is confirmed not to leak after one that does; absent: there is none. */
  readonly firstFixed?: string
  /** Every change, oldest first: leaks may return. */
  readonly edges: readonly BisectEdge[]
  /** Every version that was considered, oldest first. */
  readonly versions: readonly BisectVersion[]
  /** Why the verdict is what it is, in a sentence. */
  readonly reason: string
  /** What limits the answer, in sentences. */
  readonly notes: readonly string[]
  readonly trials: readonly TrialRecord[]
  readonly options: ReportedOptions
  readonly environment: RunEnvironment
  readonly warnings: readonly RunWarning[]
  readonly timings: { readonly startedAt: string; readonly totalMs: number }
}

/** A package that differs between two installed trees. */
export interface PackageChange {
  readonly name: string
  /** `null`: not there. */
  readonly from: string | null
  readonly to: string | null
}
