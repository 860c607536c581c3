import type { EvidenceLine, RunLine } from '../report/journal-lines.js'
import type { ResolvedOptions } from '../options/resolved.js'
import { realTime } from '../system/real-time.js'
import { isEvidenceOf } from '../report/report-data.js'
import { culpritInWords } from '../report/words/in-words.js'
import type { TrialRunner } from '../trial/trial-runner.js'
import type { Culprit, RunEnvironment, TrialRecord } from '../types/index.js'
import { suspects } from '../decide/judge-run.js'
import { evidenceTools } from './evidence-tools.js'
import { gatherEvidence, lookAhead } from './gather-evidence.js'

/** The run that evidence belongs to. */
interface Surroundings {
  readonly run: RunLine
  readonly journal: { evidence(line: EvidenceLine): Promise<void> }
  /** What was gathered before. */
  readonly evidence: readonly EvidenceLine[]
  /** Since the run began, ms. */
  readonly elapsedMs: () => number
  readonly secrets: readonly string[]
  readonly environment: RunEnvironment
  readonly runner: TrialRunner
}

/** What holds the memory of the culprits, where that was asked for and is not known yet. */
export interface RunEvidence {
  /** Begins to look at those that are accused by the trials so far, where that does not get into the way of others. */
  lookAhead(trials: readonly TrialRecord[]): void
  of(culprits: readonly Culprit[], trials: readonly TrialRecord[]): Promise<readonly EvidenceLine[]>
  /** Resolves when nothing is looked at any more; `over` makes that soon. */
  ended(): Promise<unknown>
}

/** @param over aborted when the run is over, whatever is still being looked at */
export function openEvidence(
  resolved: ResolvedOptions,
  over: AbortSignal,
  around: Surroundings,
): RunEvidence {
  const { run, secrets, environment, runner } = around
  const { signal } = resolved
  const options = { ...resolved, signal: signal === null ? over : AbortSignal.any([signal, over]) }
  const leftMs = options.budgetMs === null ? Infinity : options.budgetMs - around.elapsedMs()
  const tools = evidenceTools(options, {
    ...{ secrets, node: environment.node, deadlineMs: realTime.nowMs() + leftMs },
    beside: () => runner.concurrency() > 1,
  })
  const missing = (culprits: readonly Culprit[]): readonly Culprit[] =>
    culprits.filter(culprit => !around.evidence.some(line => isEvidenceOf(line, culprit)))
  const ahead: Promise<void>[] = []
  return {
    lookAhead(trials) {
      // Snapshots that are kept are of culprits only.
      if (options.evidence !== 'summary' || !tools.beside()) return
      ahead.push(lookAhead(missing(suspects(trials, run).map(culpritInWords)), trials, tools))
    },
    async of(culprits, trials) {
      if (options.evidence === 'none') return around.evidence
      const lines = await gatherEvidence(missing(culprits), trials, tools)
      for (const line of lines) {
        await around.journal.evidence(line)
        for (const warning of line.warnings) options.onEvent({ type: 'warning', warning })
      }
      return [...around.evidence, ...lines]
    },
    ended: async () => Promise.all(ahead),
  }
}
