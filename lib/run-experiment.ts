import { conduct, decisionSettings } from './conduct.js'
import { evidenceTools } from './evidence/evidence-tools.js'
import { gatherEvidence } from './evidence/gather-evidence.js'
import type { ResolvedOptions } from './options/resolved.js'
import { createReport } from './report/create-report.js'
import { cleanTrial } from './report/redact/clean-trial.js'
import { knownSecrets } from './report/redact/known-secrets.js'
import { reportData } from './report/report-data.js'
import { runEnvironment } from './report/run-environment.js'
import { runLine } from './report/run-line.js'
import { openJournal } from './trial/journal.js'
import type { EvidenceLine } from './trial/journal-lines.js'
import { trialRunner, type TrialRunner } from './trial/trial-runner.js'
import type { Culprit, IsolationReport, RunEnvironment, TrialRecord } from './types.js'
import { mayLeak } from './verdict/may-leak.js'

/**
 * Runs the experiment that the options describe, from the first trial to the report.
 * @throws IsolateLeakError as {@link isolateLeak}; nothing is left behind, whatever happens
 */
export async function runExperiment(resolved: ResolvedOptions): Promise<IsolationReport> {
  const startedAt = new Date()
  const startedAtMs = performance.now()
  for (const warning of resolved.warnings) resolved.onEvent({ type: 'warning', warning })

  const secrets = knownSecrets(resolved, process.env)
  const settings = decisionSettings(resolved)
  const environment = runEnvironment(resolved.entry)
  const run = runLine({ options: resolved, settings, environment, startedAt, secrets })
  const journal = await openJournal(resolved.outDir, run)
  try {
    const runner = trialRunner(resolved, record => mayLeak(record, settings))
    try {
      const { decision, trials, spentBudgetMs } = await conduct(
        resolved,
        withoutSecrets(runner, secrets),
        journal,
        settings,
      )
      const evidence = await evidenceFor(decision.culprits, trials, resolved, {
        secrets,
        startedAtMs,
        environment,
      })
      for (const line of evidence) {
        await journal.evidence(line)
        for (const warning of line.warnings) resolved.onEvent({ type: 'warning', warning })
      }
      const totalMs = Math.round(performance.now() - startedAtMs)
      const data = reportData({ run, decision, trials, evidence, totalMs })
      await journal.end({ type: 'end', totalMs, spentBudgetMs }, data)
      return createReport(data)
    } finally {
      await runner.close()
    }
  } finally {
    await journal.close()
  }
}

/** What holds the memory of the culprits, where that was asked for. */
async function evidenceFor(
  culprits: readonly Culprit[],
  trials: readonly TrialRecord[],
  options: ResolvedOptions,
  run: {
    readonly secrets: readonly string[]
    readonly startedAtMs: number
    readonly environment: RunEnvironment
  },
): Promise<EvidenceLine[]> {
  if (options.evidence === 'none') return []
  const deadlineMs = run.startedAtMs + (options.budgetMs ?? Infinity)
  const tools = evidenceTools(options, { secrets: run.secrets, node: run.environment.node, deadlineMs })
  return gatherEvidence(culprits, trials, tools)
}

/** What is judged, written and reported is the same record. */
function withoutSecrets(runner: TrialRunner, secrets: readonly string[]): TrialRunner {
  return {
    ...runner,
    run: async (planned, finished) =>
      runner.run(planned, async record => finished(cleanTrial(record, secrets))),
  }
}
