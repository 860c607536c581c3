import type { IsolateLeakOptions } from '../../options/types.js'
import type { Culprit, Growth, IsolationReport, Metric, Verdict } from '../../types/index.js'

/**
 * Options of {@link replay}. What is given here wins over the report; everything else is as it was, seed and operations too. With
 * another `effort` its operations, threshold and wait are those of the effort.
 */
export interface ReplayOptions extends Partial<Omit<IsolateLeakOptions, 'strategy' | 'agents'>> {
  /**
   * How agents are attached, as in {@link isolateLeak}, for what a report does not tell: it is looked up by name, or by package.
   * The agents that are tried are those of the report, in its versions; others are passed over.
   */
  readonly agents?: IsolateLeakOptions['agents']
  /** Versions to try in place of those of the report, for example `['newrelic@13.20.0']`. Default none. */
  readonly versions?: readonly string[]
}

/**
 * - `still-happens`: a culprit of the report leaks again
 * - `no-longer-happens`: the report had culprits, and all are clean now
 * - `new-leak`: no culprit of the report was seen to leak again, but something else leaks
 * - `still-clean`: clean then and now
 * - `clean`: it was not settled then, and is clean now
 * - `inconclusive`: whether it still happens, or whether it is clean, was not settled
 */
export type ReplayVerdict =
  'still-happens' | 'no-longer-happens' | 'new-leak' | 'still-clean' | 'clean' | 'inconclusive'

/** What became of one culprit of the report. */
export interface ReplayedCulprit {
  readonly kind: Culprit['kind']
  /** Names of its agents in the report; empty for the application. */
  readonly agents: readonly string[]
  /** Their names now, in the same order. */
  readonly agentsNow: readonly string[]
  readonly verdict: 'still-happens' | 'no-longer-happens' | 'inconclusive'
  readonly metric: Metric
  readonly was: Growth
  /** Of the same metric, under the same condition of the collector; `null`: not known of a set of agents that does not leak. */
  readonly now: Growth | null
}

/** Something that is not as it was. */
export interface ReplayDifference {
  /** For example `Node`, `version of newrelic`, `operations`. */
  readonly what: string
  readonly was: string
  readonly now: string
}

/** The answer as plain data. */
export interface ReplayData {
  readonly verdict: ReplayVerdict
  /** Every culprit of the report. */
  readonly culprits: readonly ReplayedCulprit[]
  /** Culprits of now that were none of the report. */
  readonly newCulprits: readonly Culprit[]
  readonly differences: readonly ReplayDifference[]
  /** Names of variables whose values were taken from the environment, since a report holds none. */
  readonly variables: readonly string[]
  /** The run that was replayed. */
  readonly was: { readonly verdict: Verdict; readonly startedAt: string }
  /** Why the verdict is what it is, in sentences. */
  readonly reason: string
  /** The whole experiment as it went now. */
  readonly report: IsolationReport
}

/** The answer of {@link replay}. */
export interface ReplayReport extends ReplayData {
  /** A readable account, as printed on a terminal. */
  toString(): string
}
