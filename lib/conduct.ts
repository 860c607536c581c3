import { debugFor } from './debug.js'
import type { ResolvedOptions } from './options/resolved.js'
import { nextTrials } from './plan/next-trials.js'
import type { Journal } from './trial/journal.js'
import type { TrialRunner } from './trial/trial-runner.js'
import type { PlannedTrialInfo, TrialRecord, Verdict } from './types.js'
import { decide } from './verdict/decide.js'
import type { Decision, DecisionSettings } from './verdict/types.js'

const debug = debugFor('conduct')

/** Runs trials until everything is decided or the budget is spent: the plan asks the verdict what to launch next. */
export async function conduct(
  options: ResolvedOptions,
  runner: TrialRunner,
  journal: Journal,
): Promise<{ decision: Decision; trials: readonly TrialRecord[] }> {
  const settings = decisionSettings(options)
  const trials: TrialRecord[] = []
  const deadlineMs = options.budgetMs === null ? Infinity : performance.now() + options.budgetMs
  const announced = new Map<string, Verdict>()

  for (;;) {
    const decision = decide(trials, settings)
    announce(decision, announced, options)
    const planned = nextTrials(decision, trials, { ...settings, seed: options.seed })
    debug('%d trials done, next: %o', trials.length, planned)
    if (planned.length === 0) return { decision, trials }

    const expectedMs = expectation(planned, trials, options.concurrency)
    if (performance.now() + (expectedMs ?? 0) > deadlineMs)
      return { decision: overBudget(decision, options), trials }
    options.onEvent({ type: 'plan', trials: planned, expectedMs })
    await runner.run(planned, async record => {
      trials.push(record)
      await journal.record(record)
      for (const warning of record.warnings) options.onEvent({ type: 'warning', warning })
      options.onEvent({
        type: 'trial-end',
        trial: planned.find(({ id }) => id === record.id) ?? record,
        record,
      })
    })
  }
}

/** What a decision depends on besides the trials. */
export function decisionSettings(options: ResolvedOptions): DecisionSettings {
  return {
    agents: options.agents.map(({ name, requires }) => ({ name, requires })),
    operations: options.operations,
    threshold: options.threshold,
    errorRate: options.errorRate,
    unit: options.workload.kind === 'idle' ? 'second' : 'operation',
    retentionMs: options.retentionMs,
  }
}

/** Time that the planned trials will take, from those that ran; `null` before the first. */
function expectation(
  planned: readonly PlannedTrialInfo[],
  trials: readonly TrialRecord[],
  concurrency: number,
): number | null {
  if (trials.length === 0) return null
  const msPerOperation = trials.map(trial => trial.timings.totalMs / trial.operations)
  const mean = msPerOperation.reduce((sum, ms) => sum + ms, 0) / trials.length
  return (mean * planned.reduce((sum, trial) => sum + trial.operations, 0)) / concurrency
}

function announce(decision: Decision, announced: Map<string, Verdict>, { onEvent }: ResolvedOptions): void {
  for (const { name, verdict, reason } of decision.components) {
    if (verdict === 'inconclusive' || announced.get(name) === verdict) continue
    announced.set(name, verdict)
    onEvent({ type: 'verdict', component: name, verdict, reason })
  }
}

/** What is still open when the budget is spent says so. */
function overBudget(decision: Decision, { budgetMs }: ResolvedOptions): Decision {
  const note = `budgetMs (${String(budgetMs)} ms) was spent before it was decided. `
  return {
    ...decision,
    components: decision.components.map(component =>
      component.verdict === 'inconclusive' ? { ...component, reason: note + component.reason } : component,
    ),
  }
}
