import type { TrialRecord, Warning } from '../../types.js'
import { withoutSecrets } from './known-secrets.js'

/** A trial whose texts, which others wrote, hold no secret. */
export function cleanTrial(trial: TrialRecord, secrets: readonly string[]): TrialRecord {
  const { outcome } = trial
  return {
    ...trial,
    outcome:
      'message' in outcome ? { ...outcome, message: withoutSecrets(outcome.message, secrets) } : outcome,
    warnings: trial.warnings.map(warning => cleanWarning(warning, secrets)),
  }
}

/** A warning without secrets. */
export function cleanWarning(warning: Warning, secrets: readonly string[]): Warning {
  return { ...warning, message: withoutSecrets(warning.message, secrets) }
}
