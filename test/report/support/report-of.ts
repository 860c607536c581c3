import { decisionSettings } from '../../../lib/options/decision-settings.js'
import type { ResolvedOptions } from '../../../lib/options/resolved.js'
import { knownSecrets, cleanTrial } from '../../../lib/report/redact/known-secrets.js'
import { reportData } from '../../../lib/report/report-data.js'
import { type Judgement } from '../../../lib/report/words/in-words.js'
import { runLine } from '../../../lib/report/journal-lines.js'
import type { ReportData, RunEnvironment, TrialRecord } from '../../../lib/types/index.js'

/** The report as a run with these options would give it. */
export function reportOf(parts: {
  readonly options: ResolvedOptions
  readonly decision: Judgement
  readonly trials: readonly TrialRecord[]
  readonly environment: RunEnvironment
  readonly startedAt: Date | string
  readonly totalMs: number
  readonly callerEnv?: Readonly<Record<string, string | undefined>>
}): ReportData {
  const { options, decision, environment, startedAt, totalMs } = parts
  const secrets = knownSecrets(options, parts.callerEnv)
  const settings = decisionSettings(options)
  return reportData({
    run: runLine({ options, settings, environment, startedAt, secrets }),
    decision,
    trials: parts.trials.map(trial => cleanTrial(trial, secrets)),
    totalMs,
  })
}
