import type { AgentOptions, IsolateLeakOptions } from '../../options/types.js'
import type { Culprit, IsolationReport, Verdict } from '../../types/index.js'

/** Options of {@link isolateInstrumentation}: those of {@link isolateLeak}, with one agent. */
export interface InstrumentationOptions extends Omit<
  IsolateLeakOptions,
  'agents' | 'strategy' | 'shard' | 'history' | 'notify'
> {
  /** A known agent with switches, as in `agents`: `dd-trace`, `newrelic@13.20.0`, or an object. */
  readonly agent: string | AgentOptions
}

/** The answer as plain data. */
export interface InstrumentationData {
  /** `leak`: an instrumentation, or a set that leaks only together, is named. */
  readonly verdict: Verdict
  /** Name of the agent's package, and its version. */
  readonly agent: string
  readonly version: string
  /** Names of the instrumentations that leak, as the agent's setting calls them; several for a set that leaks only together. */
  readonly instrumentations: readonly string[]
  readonly culprits: readonly Culprit[]
  /** Variables that switch these off, to be set for the application; empty when nothing was named, or only code does it. */
  readonly setting: Readonly<Record<string, string>>
  /** The code that switches them off where the agent's version has no variable for it; `null`: `setting` does. */
  readonly code: string | null
  /** Instrumentations that were switched on and off: those with something loaded that they patch. */
  readonly tried: readonly string[]
  /** Instrumentations of which nothing was loaded: they stayed on, and do nothing. */
  readonly notLoaded: readonly string[]
  /** The whole experiment. Its `application` is the application with the agent, all that was tried switched off. */
  readonly report: IsolationReport
}

/** The answer of {@link isolateInstrumentation}. */
export interface InstrumentationReport extends InstrumentationData {
  /** A readable account, as printed on a terminal. */
  toString(): string
}
