import type { AgentOptions, IsolateLeakOptions } from '../../options/types.js'
import type { BisectData } from '../../types/bisect.js'

/** Options of {@link bisectVersions}: those of {@link isolateLeak}, with one agent in many versions. */
export interface BisectOptions extends Omit<
  IsolateLeakOptions,
  'agents' | 'strategy' | 'shard' | 'history' | 'notify' | 'outDir' | 'resume'
> {
  /** Its package, for example `newrelic`; or an object, whose `package` names it, to say more about how it is attached. */
  readonly agent: string | AgentOptions
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

/** The answer of {@link bisectVersions}. */
export interface BisectReport extends BisectData {
  /** A readable account, as printed on a terminal. */
  toString(): string
}
