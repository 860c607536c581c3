import type { AgentOptions, IsolateLeakOptions } from '../../options/types.js'
import type { Component, Growth, IsolationReport, Metric } from '../../types/index.js'
import type { PackageChange } from '../../types/bisect.js'

/** Options of {@link checkUpgrade}: those of {@link isolateLeak}, with one agent in two versions. */
export interface UpgradeOptions extends Omit<
  IsolateLeakOptions,
  'agents' | 'strategy' | 'shard' | 'history' | 'notify'
> {
  /** Its package, for example `newrelic`; or an object, whose `package` names it, to say more about how it is attached. */
  readonly agent: string | AgentOptions
  /** The version in use: a version, range or tag of npm, a tarball or a folder. */
  readonly from: string
  /** The version that is to be rolled out. */
  readonly to: string
}

/**
 * - `safe`: the new version is clean
 * - `fixes`: the new version is clean, the one in use leaks
 * - `leaks`: the new version leaks, the one in use was not shown to
 * - `both-leak`
 * - `inconclusive`: the new version was neither shown to leak nor shown to be clean
 */
export type UpgradeVerdict = 'safe' | 'fixes' | 'leaks' | 'both-leak' | 'inconclusive'

/** One of the two versions. */
export interface UpgradeSide {
  /** Exact version that was launched; of {@link checkSince}, where only packages beneath the agent changed, with those. */
  readonly version: string
  readonly component: Component
}

/** What the new version has beyond the one in use. */
export interface UpgradeDifference {
  /** The metric that leaks, or the heap where none does. */
  readonly metric: Metric
  /** Growth of the new version minus growth of the one in use, with the two-sided interval at `1 - errorRate`. */
  readonly growth: Growth
  /** Settled heap before the first operation, new version minus the one in use, bytes; `null`: not known. */
  readonly startBytes: number | null
  /** Packages that came with the new version, or went, or are in another version; without the agent itself. */
  readonly packages: readonly PackageChange[]
}

/** The answer as plain data. */
export interface UpgradeData {
  readonly verdict: UpgradeVerdict
  /** Name of the agent's package. */
  readonly agent: string
  readonly from: UpgradeSide
  readonly to: UpgradeSide
  readonly difference: UpgradeDifference
  /** Why the verdict is what it is, in a sentence. */
  readonly reason: string
  /** The whole experiment: both versions against the application alone. */
  readonly report: IsolationReport
}

/** The answer of {@link checkUpgrade}. */
export interface UpgradeReport extends UpgradeData {
  /** A readable account, as printed on a terminal. */
  toString(): string
  /**
   * Passes when the verdict is `safe` or `fixes`.
   * @throws LeakError whose message is the account on one screen; `error.report` has all of it
   */
  assertSafe(): void
}
