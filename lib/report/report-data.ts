import type { ResolvedOptions } from '../options/resolved.js'
import type {
  Component,
  Culprit,
  ReportData,
  RunEnvironment,
  TrialRecord,
  Verdict,
  Warning,
} from '../types.js'
import { conditions } from './conditions.js'
import { knownSecrets, withoutSecrets } from './redact/known-secrets.js'
import { reportedOptions } from './redact/reported-options.js'

/** What was decided from the trials. */
export interface Judgement {
  readonly verdict: Verdict
  readonly culprits: readonly Culprit[]
  readonly components: readonly Component[]
  /** What the trials and deciding noticed. */
  readonly warnings: readonly Warning[]
}

/** Everything a report is made of. */
export interface ReportParts {
  readonly options: ResolvedOptions
  readonly decision: Judgement
  readonly trials: readonly TrialRecord[]
  readonly environment: RunEnvironment
  readonly startedAt: Date | string
  readonly totalMs: number
  /** Environment of the caller: values of its secret looking variables are kept out of the report. Default none. */
  readonly callerEnv?: Readonly<Record<string, string | undefined>>
}

/** The report as plain data: no values of environment variables, no secrets in texts that others wrote. */
export function reportData(parts: ReportParts): ReportData {
  const { options, decision } = parts
  const secrets = knownSecrets(options, parts.callerEnv)
  const clean = (text: string): string => withoutSecrets(text, secrets)
  const cleanWarning = (warning: Warning): Warning => ({ ...warning, message: clean(warning.message) })
  const trials = parts.trials.map(trial => cleanTrial(trial, clean, cleanWarning))
  const own = conditions(options, trials)
  return {
    schemaVersion: 1,
    verdict: decision.verdict,
    culprits: decision.culprits.map(culprit => ({ ...culprit, reason: clean(culprit.reason) })),
    components: decision.components.map(component => ({ ...component, reason: clean(component.reason) })),
    trials,
    conditions: { ...own, workload: clean(own.workload) },
    options: reportedOptions(options),
    environment: parts.environment,
    warnings: distinct([...options.warnings, ...decision.warnings].map(cleanWarning)),
    timings: { startedAt: new Date(parts.startedAt).toISOString(), totalMs: parts.totalMs },
  }
}

function cleanTrial(
  trial: TrialRecord,
  clean: (text: string) => string,
  cleanWarning: (warning: Warning) => Warning,
): TrialRecord {
  const { outcome } = trial
  return {
    ...trial,
    outcome: 'message' in outcome ? { ...outcome, message: clean(outcome.message) } : outcome,
    warnings: trial.warnings.map(cleanWarning),
  }
}

/** What was noticed more than once is said once. */
function distinct(warnings: readonly Warning[]): Warning[] {
  const seen = new Set<string>()
  return warnings.filter(warning => {
    const key = JSON.stringify([warning.code, warning.message, warning.agents, warning.trial])
    return !seen.has(key) && seen.add(key)
  })
}
