import type { Agent, IsolateLeakOptions } from '../../options/types.js'
import type {
  Growth,
  Metric,
  ReportedOptions,
  RunEnvironment,
  TrialRecord,
  Warning,
} from '../../types/index.js'
import type { PackageChange } from '../upgrade/types.js'

/** Options of {@link bisectVersions}: those of {@link isolateLeak}, with one agent in many versions. */
export interface BisectOptions extends Omit<
  IsolateLeakOptions,
  'agents' | 'strategy' | 'shard' | 'history' | 'notify' | 'outDir' | 'resume'
> {
  /** Its package, for example `newrelic`; or an object, whose `package` names it, to say more about how it is attached. */
  readonly agent: string | Agent
  /** Only versions in this range of semver, for example `>=4 <6`. Default: all. */
  readonly range?: string
  /**
   * A version that is said to be good, and one that is said to be bad: only versions from the one to the other are looked at, both
   * included, whichever is older. With `good` alone, from that one on; with `bad` alone, up to that one. Both are measured as all others are.
   */
  readonly good?: string
  readonly bad?: string
  /** The versions to look at, instead of those that the registry has. */
  readonly versions?: readonly string[]
  /** Also pre-releases. Default `false`. */
  readonly includePrerelease?: boolean
  /**
   * Folder for the trials (`bisect.jsonl`) and the answer (`bisect.json`). One that holds an earlier search is `ERR_OUTPUT` without
   * `resume`. Default: nothing is written.
   */
  readonly outDir?: string
  /**
   * Go on from the trials in `outDir`, which an earlier call left there (`bisect.jsonl`), without repeating finished ones. Needs the same
   * options; the seed and the versions are those of the earlier call. Default `false`.
   */
  readonly resume?: boolean
}

/**
 * - `found`: there are versions that leak and others that do not, and both sides of every edge were confirmed
 * - `clean`: none was seen to leak
 * - `leaks throughout`: all that were tested leak
 * - `inconclusive`: none of these could be shown
 */
export type BisectVerdict = 'found' | 'clean' | 'leaks throughout' | 'inconclusive'

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
  readonly warnings: readonly Warning[]
  readonly timings: { readonly startedAt: string; readonly totalMs: number }
}

/** The answer of {@link bisectVersions}. */
export interface BisectReport extends BisectData {
  /** A readable account, as printed on a terminal. */
  toString(): string
}
