import type {
  Culprit,
  Evidence,
  MachineLoad,
  ReportedOptions,
  RunEnvironment,
  RunWarning,
  TrialRecord,
} from '../types/index.js'
import type { DecisionSettings, Shard } from '../types/decision-settings.js'
import type { NamedWorkload } from '../types/workload.js'
import type { ResolvedOptions } from '../options/resolved.js'
import { cleanWarning, withoutSecrets } from './redact/known-secrets.js'
import { reportedOptions, rerunOptions } from './redact/reported-options.js'

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
  readonly workload: {
    readonly kind: NamedWorkload['kind']
    readonly description: string
    /** How many requests of a recording there are. */
    readonly recorded?: number
  }
  /** Why the agents cannot all be on together, as the rest of a sentence; `null`: they can. */
  readonly conflict: string | null
  /** What validating the options noticed. */
  readonly warnings: readonly RunWarning[]
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
  readonly warnings: readonly RunWarning[]
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

/** What a run is known by before its first trial. */
interface RunParts {
  readonly options: ResolvedOptions
  readonly settings: DecisionSettings
  readonly environment: RunEnvironment
  readonly startedAt: Date | string
  /** Texts that must not appear: `knownSecrets(options, process.env)`. */
  readonly secrets: readonly string[]
}

function recordedOf(workload: NamedWorkload): Pick<RunLine['workload'], 'recorded'> {
  if (workload.kind !== 'http' || workload.options.recording === undefined) return {}
  const { requests } = workload.options
  return Array.isArray(requests) ? { recorded: requests.length } : {}
}

/** The part of a report that is settled before the first trial: no values of variables, no secrets. */
export function runLine({ options, settings, environment, startedAt, secrets }: RunParts): RunLine {
  const { workload } = options
  const rerun = rerunOptions(options, secrets)
  return {
    type: 'run',
    schemaVersion: JOURNAL_SCHEMA_VERSION,
    ...(options.shard === null ? {} : { shard: options.shard }),
    settings,
    options: { ...reportedOptions(options), ...(rerun === undefined ? {} : { rerun }) },
    workload: {
      kind: workload.kind,
      description: withoutSecrets(workload.description, secrets),
      ...recordedOf(workload),
    },
    conflict: options.conflict,
    warnings: options.warnings.map(warning => cleanWarning(warning, secrets)),
    environment,
    startedAt: new Date(startedAt).toISOString(),
  }
}
