import type { ResolvedOptions } from '../options/resolved.js'
import { JOURNAL_SCHEMA_VERSION, type RunLine } from './journal-lines.js'
import type { RunEnvironment } from '../types/index.js'
import type { DecisionSettings } from '../types/decision-settings.js'
import { withoutSecrets, cleanWarning } from './redact/known-secrets.js'
import { reportedOptions, rerunOptions } from './redact/reported-options.js'

/** What a run is known by before its first trial. */
export interface RunParts {
  readonly options: ResolvedOptions
  readonly settings: DecisionSettings
  readonly environment: RunEnvironment
  readonly startedAt: Date | string
  /** Texts that must not appear: `knownSecrets(options, process.env)`. */
  readonly secrets: readonly string[]
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
    workload: { kind: workload.kind, description: withoutSecrets(workload.description, secrets) },
    conflict: options.conflict,
    warnings: options.warnings.map(warning => cleanWarning(warning, secrets)),
    environment,
    startedAt: new Date(startedAt).toISOString(),
  }
}
