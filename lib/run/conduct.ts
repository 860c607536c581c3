import { debugFor } from '../system/debug.js'
import type { ResolvedOptions } from '../options/resolved.js'
import { wantedArms, expectation, nextTrials } from '../decide/next/next-launches.js'
import { ownSettings } from '../decide/next/shards.js'
import { forecast } from '../decide/search/note-sets.js'
import type { Journal } from './journal/journal.js'
import type { TrialRunner } from '../trial/trial-runner.js'
import type { Component, EstimateSoFar, TrialRecord, Verdict } from '../types/index.js'
import { judgeRun } from '../decide/judge-run.js'
import { overBudget } from '../decide/components/warnings.js'
import type { DecisionSettings } from '../types/decision-settings.js'
import type { ArmState, Decision } from '../decide/types.js'
import { type Told, inWords } from '../report/words/in-words.js'
import { realTime } from '../system/real-time.js'

const debug = debugFor('plan')
const debugVerdict = debugFor('verdict')

/** How a run ended. */
export interface Conducted {
  readonly decision: Told & Pick<Decision, 'arms' | 'done'>
  readonly trials: readonly TrialRecord[]
  /** The limit that ended it before everything was decided, ms; `null` where none did. */
  readonly spentBudgetMs: number | null
  /** How long it had been under way when that limit ended it, ms; `null` where none did. */
  readonly spentMs: number | null
}

/** What a run is conducted by. */
export interface Conducting {
  readonly settings: DecisionSettings
  /** Trials that were made before, which count as its own. Default none. */
  readonly known?: readonly TrialRecord[]
  /** How long the run has been under way, ms. Default: since now. */
  readonly elapsedMs?: () => number
  /** Called when it is going to be checked whether idle time releases what grew, with the trials so far. Default: nobody is. */
  readonly onCheck?: (trials: readonly TrialRecord[]) => void
}

/** Runs trials until everything is decided or the budget is spent: the plan asks the verdict what to launch next. */
export async function conduct(
  options: ResolvedOptions,
  runner: TrialRunner,
  journal: Journal,
  { settings, known = [], elapsedMs = sinceNow(), onCheck }: Conducting,
): Promise<Conducted> {
  const trials: TrialRecord[] = [...known]
  const { budgetMs, shard } = options
  const run = { settings, ...(shard === null ? {} : { shard }) }
  const announced = new Map<string, Verdict>()

  for (;;) {
    const decision = judgeRun(trials, run)
    const told = inWords(decision)
    for (const component of told.components) debugVerdict('%s: %s', component.name, describe(component))
    if (trials.length > 0) options.onEvent({ type: 'estimate', components: told.components.map(soFar) })
    announce(told, announced, options)
    const arms = wantedArms(decision, trials, run)
    const planned = nextTrials({ arms }, trials, { ...settings, seed: options.seed })
    debug('%d trials done, next: %o', trials.length, planned)
    if (planned.length === 0) return { decision: told, trials, spentBudgetMs: null, spentMs: null }

    const { concurrency, timing } = options
    const expectedMs = expectation(planned, trials, { concurrency, retentionMs: timing.retentionMs })
    const spentMs = Math.round(elapsedMs())
    if (budgetMs !== null && spentMs + (expectedMs ?? 0) > budgetMs) {
      const over = overBudget(decision, budgetMs, spentMs)
      return { decision: inWords(over), trials, spentBudgetMs: budgetMs, spentMs }
    }
    options.onEvent({
      type: 'plan',
      trials: planned,
      expectedMs,
      sets: setsOf(arms),
      forecast: forecast(shard === null ? settings : ownSettings(settings, shard)),
    })
    if (planned.some(({ purpose }) => purpose === 'retention')) onCheck?.([...trials])
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

function sinceNow(): () => number {
  const startedAtMs = realTime.nowMs()
  return () => realTime.nowMs() - startedAtMs
}

function describe({ verdict, growth, reason }: Component): string {
  return `${verdict}, ${growth.estimate.toFixed(2)} (${growth.low?.toFixed(2) ?? '?'} to ${growth.high?.toFixed(2) ?? '?'}) ${growth.unit}: ${reason}`
}

function soFar({ name, verdict, growth }: Component): EstimateSoFar {
  return { component: name, verdict, growth }
}

/** The sets that are launched next, and why. */
function setsOf(arms: readonly ArmState[]): Pick<ArmState, 'agents' | 'backend' | 'why'>[] {
  return arms
    .filter(({ needs }) => needs.length > 0)
    .map(({ agents, backend, why }) => ({ agents, backend, why }))
}

function announce(decision: Told, announced: Map<string, Verdict>, { onEvent }: ResolvedOptions): void {
  for (const { name, verdict, reason } of decision.components) {
    if (verdict === 'inconclusive' || announced.get(name) === verdict) continue
    announced.set(name, verdict)
    onEvent({ type: 'verdict', component: name, verdict, reason })
  }
}
