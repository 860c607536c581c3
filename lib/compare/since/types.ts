import type { IsolateLeakOptions } from '../../options/types.js'
import type { PackageChange } from '../../types/bisect.js'
import type { UpgradeData, UpgradeVerdict } from '../upgrade/types.js'

/** Options of {@link checkSince}: those of {@link isolateLeak}; `agents` says how agents are attached, all others are attached as known. */
export interface SinceOptions extends Omit<IsolateLeakOptions, 'strategy' | 'shard' | 'history' | 'notify'> {
  /** A commit, branch or tag of git, for example `origin/main`: agents are compared with where the working tree parted from it. */
  readonly since: string
  /** Only this one: its package, or its name among `agents`. Default: every agent that changed. */
  readonly agent?: string
}

/**
 * As {@link UpgradeVerdict}, of all agents together: the worst of them, where `inconclusive` is worse than `safe`; a change that could not be
 * judged is `inconclusive`, an agent that was removed `safe`. `unchanged`: no agent changed, nothing was launched.
 */
export type SinceVerdict = UpgradeVerdict | 'unchanged'

/** An agent whose lockfile says something else than it did. */
export interface AgentChange {
  /** Name of its package. */
  readonly agent: string
  /** Version that the lockfile had; `null`: it was not there. */
  readonly from: string | null
  /** Version that it has now; `null`: it is no longer there. */
  readonly to: string | null
  /** What changed of the packages that only agents bring along, and of OpenTelemetry's. */
  readonly packages: readonly PackageChange[]
}

/** One that was judged. */
export interface JudgedChange extends AgentChange {
  readonly upgrade: UpgradeData
}

/**
 * Why a change was not judged.
 *
 * - `added`: there is no version to compare with
 * - `removed`: there is nothing to judge
 * - `kept`: `keep` says that the application starts it itself, so that it cannot be tried without
 * - `part`: a package that agents are built of, which belongs to none that is known
 * - `no-version`: it comes from a repository, a folder or an address, not from a registry
 */
export type NotJudgedReason = 'added' | 'removed' | 'kept' | 'part' | 'no-version'

/** One that was not. */
export interface NotJudgedChange extends AgentChange {
  readonly why: NotJudgedReason
}

/** The answer as plain data. */
export interface SinceData {
  readonly verdict: SinceVerdict
  /** What was found of each agent, in a sentence. */
  readonly reason: string
  /** As it was asked for. */
  readonly since: string
  /** Hash of the commit that was compared with. */
  readonly commit: string
  /** Path of the lockfile in the repository. */
  readonly lockfile: string
  readonly judged: readonly JudgedChange[]
  readonly notJudged: readonly NotJudgedChange[]
  /** Agents in the lockfile that did not change, with their versions. */
  readonly unchanged: readonly { readonly agent: string; readonly version: string }[]
}

/** The answer of {@link checkSince}. */
export interface SinceReport extends SinceData {
  /** A readable account, as printed on a terminal. */
  toString(): string
  /**
   * Passes when the verdict is `unchanged`, `safe` or `fixes`.
   * @throws LeakError whose message is the account on one screen, and `error.report` the experiment on the worst change; where nothing
   * could be judged, IsolateLeakError `ERR_LEAK`
   */
  assertSafe(): void
}
