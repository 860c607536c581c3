import type { IsolateLeakOptions } from '../../options/types.js'
import type { Growth, IsolationReport, Verdict } from '../../types/index.js'

/** Options of {@link compareNodes}: those of {@link isolateLeak}, with the Nodes to run the application on. */
export interface NodesOptions extends Omit<IsolateLeakOptions, 'shard' | 'history' | 'notify'> {
  /** Two or more: executable files, or commands on the PATH, 16 or newer, each another version. They take the place of `entry.nodePath`. */
  readonly nodes: readonly string[]
  /** As for {@link isolateLeak}, with a folder for each Node in it: `node-24.11.1`. */
  readonly outDir?: string
}

/** What was found on one Node. */
export interface NodeSide {
  /** Its version, without a `v`. */
  readonly node: string
  readonly verdict: Verdict
  readonly report: IsolationReport
}

/** One component on every Node, in the order of `nodes`. */
export interface NodeComponent {
  /** Agent's name, or `application`. */
  readonly name: string
  readonly sides: readonly {
    readonly node: string
    readonly verdict: Verdict
    /** Growth of the heap that it adds. */
    readonly growth: Growth
  }[]
  /** Whether it leaks on one Node and is clean on another. */
  readonly differs: boolean
}

/** The answer as plain data. */
export interface NodesData {
  /** `leak`: on one of them something leaks; `clean`: on all of them nothing does. */
  readonly verdict: Verdict
  /** Where something leaks and where nothing does, in a sentence. */
  readonly reason: string
  readonly nodes: readonly NodeSide[]
  readonly components: readonly NodeComponent[]
}

/** The answer of {@link compareNodes}. */
export interface NodesReport extends NodesData {
  /** A readable account, as printed on a terminal. */
  toString(): string
  /**
   * Passes when the verdict is `clean`.
   * @throws LeakError whose message is the account on one screen; `error.report` is that of the first Node that is not clean
   */
  assertClean(): void
}
