import { conduct } from './conduct.js'
import { decisionSettings } from '../options/decision-settings.js'
import { openEvidence } from '../evidence/run-evidence.js'
import type { ResolvedOptions } from '../options/resolved.js'
import { writtenTo } from '../report/brief-text.js'
import { createReport } from '../report/create-report.js'
import { knownSecrets, cleanTrial } from '../report/redact/known-secrets.js'
import { judgeContent } from './judge-journal.js'
import { reportData } from '../report/report-data.js'
import { nextLaunches } from '../decide/next/next-launches.js'
import { runEnvironment, watchLoad } from '../report/run-environment.js'
import { runLine } from '../report/journal-lines.js'
import type { Journal } from './journal/journal.js'
import { openRun } from './journal/open-run.js'
import type { JournalContent } from './journal/read-journal.js'
import { trialRunner, type TrialRunner } from '../trial/trial-runner.js'
import type { IsolationReport } from '../types/index.js'
import { realTime } from '../system/real-time.js'

/**
 * Runs the experiment that the options describe, from the first trial to the report.
 * @throws IsolateLeakError as {@link isolateLeak}; nothing is left behind, whatever happens
 */
export async function runExperiment(resolved: ResolvedOptions): Promise<IsolationReport> {
  for (const warning of resolved.warnings) resolved.onEvent({ type: 'warning', warning })

  const secrets = knownSecrets(resolved, process.env)
  const settings = decisionSettings(resolved)
  const environment = runEnvironment(resolved.entry)
  const fresh = runLine({ options: resolved, settings, environment, startedAt: realTime.date(), secrets })
  const open = await openRun(resolved, fresh)
  const loadOf = await watchLoad()
  try {
    const { run, resumed, journal } = open
    if (open.finished !== null) return await again(open.finished, journal, resolved)
    if (resumed.length > 0) resolved.onEvent({ type: 'resume', trials: open.trials.length })
    const options = { ...resolved, seed: run.options.seed }
    const runner = trialRunner(options, { known: open.trials })
    const over = new AbortController()
    const evidence = openEvidence(options, over.signal, { ...open, secrets, environment, runner })
    try {
      const { decision, trials, spentBudgetMs, spentMs } = await conduct(
        options,
        withoutSecrets(runner, secrets),
        journal,
        {
          settings,
          known: open.trials,
          elapsedMs: open.elapsedMs,
          onCheck: soFar => {
            evidence.lookAhead(soFar)
          },
        },
      )
      const lines = await evidence.of(decision.culprits, trials)
      const totalMs = Math.round(open.elapsedMs())
      const load = await loadOf()
      const next = nextLaunches(decision, trials, run)
      const data = reportData({ run, resumed, decision, trials, evidence: lines, totalMs, next, load })
      const limit = { spentBudgetMs, ...(spentMs === null ? {} : { spentMs }) }
      await journal.end({ type: 'end', totalMs, ...limit, ...(load === null ? {} : { load }) }, data)
      return createReport(data, writtenTo(resolved.outDir))
    } finally {
      over.abort()
      await Promise.all([evidence.ended(), runner.close()])
    }
  } finally {
    await open.close()
  }
}

/** The report of a run that had come to its end, perhaps without having written it. */
async function again(
  finished: JournalContent,
  journal: Journal,
  { outDir }: ResolvedOptions,
): Promise<IsolationReport> {
  const { report } = judgeContent(finished)
  if (finished.end !== null) await journal.end(finished.end, report)
  return createReport(report, writtenTo(outDir))
}

/** What is judged, written and reported is the same record. */
function withoutSecrets(runner: TrialRunner, secrets: readonly string[]): TrialRunner {
  return {
    ...runner,
    run: async (planned, finished) =>
      runner.run(planned, async record => finished(cleanTrial(record, secrets))),
  }
}
