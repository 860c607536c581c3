import { reportData } from './report/report-data.js'
import { createReport } from './report/create-report.js'
import { runEnvironment } from './report/run-environment.js'
import { conduct, decisionSettings } from './conduct.js'
import { resolveOptions } from './options/resolve.js'
import type { IsolateLeakOptions } from './options/types.js'
import { openJournal } from './trial/journal.js'
import { trialRunner } from './trial/trial-runner.js'
import type { IsolationReport } from './types.js'
import { mayLeak } from './verdict/may-leak.js'

/**
 * Finds out which component of a Node.js application leaks memory: launches the application several times with and
 * without each agent, drives the same workload, and compares growth per operation.
 *
 * @returns the report; its verdict is `leak` (growth above the threshold shown), `clean` (growth above the threshold
 * ruled out) or `inconclusive` (neither within the budget)
 * @throws IsolateLeakError when the experiment did not happen as planned; `code` says how. No process, socket or
 * temporary file is left behind, whatever happens.
 */
export async function isolateLeak(options: IsolateLeakOptions): Promise<IsolationReport> {
  const startedAt = new Date()
  const startedAtMs = performance.now()
  const resolved = await resolveOptions(options)
  for (const warning of resolved.warnings) resolved.onEvent({ type: 'warning', warning })

  const journal = await openJournal(resolved.outDir)
  try {
    const settings = decisionSettings(resolved)
    const runner = trialRunner(resolved, record => mayLeak(record, settings))
    try {
      const { decision, trials } = await conduct(resolved, runner, journal)
      const data = reportData({
        options: resolved,
        decision,
        trials,
        environment: runEnvironment(resolved.entry),
        startedAt,
        totalMs: Math.round(performance.now() - startedAtMs),
        callerEnv: process.env,
      })
      await journal.report(data)
      return createReport(data)
    } finally {
      await runner.close()
    }
  } finally {
    await journal.close()
  }
}
