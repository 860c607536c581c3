import type { Sample, TrialRecord, Warning } from '../../types/index.js'
import { withoutSecrets } from './known-secrets.js'

/** A trial whose texts, which others wrote, hold no secret. */
export function cleanTrial(trial: TrialRecord, secrets: readonly string[]): TrialRecord {
  const { outcome } = trial
  return {
    ...trial,
    outcome:
      'message' in outcome ? { ...outcome, message: withoutSecrets(outcome.message, secrets) } : outcome,
    warnings: trial.warnings.map(warning => cleanWarning(warning, secrets)),
    samples: trial.samples.map(sample => cleanSample(sample, secrets)),
  }
}

/** Names of scripts and commands are the application's. */
function cleanSample(sample: Sample, secrets: readonly string[]): Sample {
  const { parts, unread } = sample
  if (parts === undefined && unread === undefined) return sample
  const clean = (text: string): string => withoutSecrets(text, secrets)
  return {
    ...sample,
    ...(parts === undefined ? {} : { parts: parts.map(part => ({ ...part, label: clean(part.label) })) }),
    ...(unread === undefined ? {} : { unread: unread.map(part => ({ ...part, name: clean(part.name) })) }),
  }
}

/** A warning without secrets. */
export function cleanWarning(warning: Warning, secrets: readonly string[]): Warning {
  return { ...warning, message: withoutSecrets(warning.message, secrets) }
}
