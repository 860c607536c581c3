import type {
  Culprit,
  Evidence,
  MachineLoad,
  ReportedOptions,
  RunEnvironment,
  TrialRecord,
  Warning,
} from '../types/index.js'
import type { Shard } from '../types/decision-settings.js'
import type { DecisionSettings } from '../types/decision-settings.js'
import type { NamedWorkload } from '../types/workload.js'

/** Form of the lines below; another number cannot be read. */
export const JOURNAL_SCHEMA_VERSION = 1

/**
 * First line of a journal: what the decision and the report depend on besides the trials. Plain data without secrets,
 * so that a report can be made again from the journal alone.
 */
export interface RunLine {
  readonly type: 'run'
  readonly schemaVersion: typeof JOURNAL_SCHEMA_VERSION
  /** Which part of the experiment it is; absent: all of it. `settings` and `options` are those of the whole. */
  readonly shard?: Shard
  readonly settings: DecisionSettings
  readonly options: ReportedOptions
  readonly workload: { readonly kind: NamedWorkload['kind']; readonly description: string }
  /** Why the agents cannot all be on together, as the rest of a sentence; `null`: they can. */
  readonly conflict: string | null
  /** What validating the options noticed. */
  readonly warnings: readonly Warning[]
  readonly environment: RunEnvironment
  /** ISO 8601. */
  readonly startedAt: string
}

/** A run that was killed goes on. */
export interface ResumeLine {
  readonly type: 'resume'
  /** ISO 8601. */
  readonly at: string
  /** How long the run had been under way when its last line was written, ms. */
  readonly elapsedMs: number
}

/** One finished trial, in the order in which they finished. */
export interface TrialLine {
  readonly type: 'trial'
  /** Since the start of the run, ms, without the time for which it was interrupted. */
  readonly elapsedMs: number
  readonly record: TrialRecord
}

/** What holds the memory of one culprit: found after the last trial, and not by judging trials. */
export interface EvidenceLine {
  readonly type: 'evidence'
  readonly culprit: Pick<Culprit, 'kind' | 'agents' | 'metric' | 'backend'>
  /** `null`: none could be gathered, the warnings say why. */
  readonly evidence: Evidence | null
  readonly warnings: readonly Warning[]
}

/** Last line of a run that came to an answer. */
export interface EndLine {
  readonly type: 'end'
  readonly totalMs: number
  /** The limit that ended the run before everything was decided, ms; `null` where none did. */
  readonly spentBudgetMs: number | null
  /** How long the run had been under way when that limit ended it, ms; absent where none did, and in journals of earlier versions. */
  readonly spentMs?: number
  /** How busy the machine was; absent: not known. */
  readonly load?: MachineLoad
}

export type JournalLine = RunLine | ResumeLine | TrialLine | EvidenceLine | EndLine
