import { decisionSettings } from '../../options/decision-settings.js'
import { debugFor } from '../../system/debug.js'
import type { ResolvedOptions } from '../../options/resolved.js'
import { mean } from '../../decide/stats/effect.js'
import { LOOKS } from '../../decide/rule/looks.js'
import { FAILURES } from '../../decide/standing/failures.js'
import { minorLine } from './candidates.js'
import type { VersionEvidence } from './growth-model.js'
import { type Belief, type History, beliefOf, nextStep } from './search.js'
import type { VersionLab } from './version-lab.js'
import { realTime } from '../../system/real-time.js'
import type { Metric, TrialRecord } from '../../types/index.js'
import { thresholdOf, growthUnit } from '../../decide/growth/thresholds.js'
import { persistent, trialGrowth } from '../../decide/growth/trial-growth.js'
import { BYTE_METRICS, COUNT_METRICS, type DecisionSettings } from '../../types/decision-settings.js'
import type { BisectVersion } from '../../types/bisect.js'

const debug = debugFor('bisect')

/** Baseline trials that all versions share. */
const BASELINE_TRIALS = LOOKS[0]?.reference ?? 3
/** After which the application alone is given up. */
const MOST_BASELINE_TRIALS = BASELINE_TRIALS + FAILURES

/** What became of a search. */
export interface SearchResult {
  readonly belief: Belief
  readonly evidence: readonly VersionEvidence[]
  readonly measured: readonly Measured[]
  /** Why each version cannot be used, or came to no answer. */
  readonly reasons: ReadonlyMap<number, string>
  readonly edgeVersions: readonly string[]
  /** Why it ended before it was done; `null`: it is done. */
  readonly stopped: string | null
}

/** Runs the trials that the search asks for until it is done or the budget is spent. */
export async function runSearch(
  lab: VersionLab,
  versions: readonly string[],
  options: ResolvedOptions,
): Promise<SearchResult> {
  const { budgetMs } = options
  const deadlineMs = budgetMs === null ? Infinity : realTime.nowMs() + budgetMs
  const left = (): number | null => (budgetMs === null ? null : Math.max(0, deadlineMs - realTime.nowMs()))
  const settings = decisionSettings(options)
  const lines = versions.map(minorLine)
  const ruled = new Map<number, 'leak' | 'clean'>()
  const undecided = new Map<number, string>()
  const versionAt = (index: number): string => versions[index] ?? ''

  const look = (): { history: History; measured: Measured[]; reasons: Map<number, string> } => {
    const own = ownGrowth(baselineOf(lab), settings)
    const baseline = baselineOf(lab).map(trial => measure([trial], own, settings).scores)
    const noise = baseline.flat()
    const centre = noise.length === 0 ? 0 : mean(noise)
    const reasons = new Map<number, string>()
    const measured = versions.map(version => {
      const name = lab.nameOf(version)
      return measure(
        lab.records.filter(({ agents }) => agents[0] === name),
        own,
        settings,
      )
    })
    const evidence = measured.map(({ scores, failures }, index): VersionEvidence => {
      const refused = lab.refused.get(versionAt(index))
      const reason = refused ?? (failures.length >= FAILURES ? failures.at(-1) : undefined)
      if (reason !== undefined) reasons.set(index, reason)
      const open = undecided.get(index)
      if (open !== undefined && reason === undefined) reasons.set(index, open)
      const answer = open === undefined ? (ruled.get(index) ?? null) : 'open'
      return { scores, ruled: answer, unusable: reason !== undefined }
    })
    return { history: { lines, evidence, noise: noise.map(value => value - centre) }, measured, reasons }
  }
  const end = (stopped: string | null): SearchResult => {
    const { history, measured, reasons } = look()
    const belief = beliefOf(history)
    const edgeVersions = [...new Set(belief.edges.flatMap(({ before, version }) => [before, version]))]
    return {
      ...{ belief, evidence: history.evidence, measured, reasons, stopped },
      edgeVersions: edgeVersions.map(versionAt),
    }
  }
  const spent = (): string | null =>
    left() === 0 ? `budgetMs (${String(budgetMs)} ms) was spent before it was decided` : null

  // An application that does not even start is found out at once.
  if (lab.records.length === 0) await lab.test(1, [])
  for (;;) {
    const stopped = spent()
    if (stopped !== null) return end(stopped)
    const { history } = look()
    const baseline = baselineOf(lab)
    const completed = baseline.filter(({ outcome }) => outcome.kind === 'completed').length
    const missing = Math.max(0, BASELINE_TRIALS - completed)
    const wanted = Math.min(missing, MOST_BASELINE_TRIALS - baseline.length)
    if (missing > 0 && wanted <= 0)
      return end(
        'the application alone did not come through its trials, so that there is nothing to compare with',
      )

    const step = nextStep(history)
    debug('%d trials done, next: %o', lab.records.length, step)
    if (step.kind === 'test' || wanted > 0) {
      await lab.test(wanted, step.kind === 'test' ? step.versions.map(versionAt) : [])
      continue
    }
    if (step.kind === 'done') return end(null)
    const tested = history.evidence.filter(({ scores }) => scores.length > 0).length
    const others = Math.max(0, tested - step.versions.length)
    const decision = await lab.confirm(step.versions.map(versionAt), others, left())
    for (const index of step.versions) {
      const component = decision.components.find(({ name }) => name === lab.nameOf(versionAt(index)))
      if (component !== undefined && component.verdict !== 'inconclusive') ruled.set(index, component.verdict)
      else if (spent() === null) undecided.set(index, component?.reason ?? 'it was not judged')
    }
  }
}

function baselineOf(lab: VersionLab): VersionLab['records'] {
  return lab.records.filter(({ agents, purpose }) => agents.length === 0 && purpose === 'measure')
}

/** What the trials of one version, or of the baseline, show. */
interface Measured {
  /** Growth beyond the application's own, in thresholds of the metric that stands out most in the trial. */
  readonly scores: readonly number[]
  readonly growth: BisectVersion['growth'] | null
  /** How the trials ended that show nothing. */
  readonly failures: readonly string[]
}

/** Growth of a trial that ran out of memory, in thresholds: as much as speaks for a leak at all. */
const OUT_OF_MEMORY = 1000
const METRICS: readonly Metric[] = [...BYTE_METRICS, ...COUNT_METRICS]

/** What the application itself grows by, from its trials of the first stage. */
type OwnGrowth = ReadonlyMap<Metric, number>

export function ownGrowth(trials: readonly TrialRecord[], settings: DecisionSettings): OwnGrowth {
  const counted = firstStage(trials, settings).filter(({ outcome }) => outcome.kind === 'completed')
  return new Map(
    METRICS.map(metric => {
      const values = counted.flatMap(trial => growthOf(trial, metric, settings) ?? [])
      // Shrinking earns no credit.
      return [metric, values.length === 0 ? 0 : Math.max(0, mean(values))]
    }),
  )
}

/** Growth of the trials of one version; of several conditions of the collector, that under which it grows most. */
export function measure(
  trials: readonly TrialRecord[],
  own: OwnGrowth,
  settings: DecisionSettings,
): Measured {
  const counted = firstStage(trials, settings)
  const failures: string[] = []
  const rounds: number[][] = []
  const perBackend = new Map<string, number>()
  for (const trial of counted) {
    const score = scoreOf(trial, own, settings)
    if (typeof score === 'string') {
      failures.push(score)
      continue
    }
    const round = perBackend.get(trial.backend) ?? 0
    perBackend.set(trial.backend, round + 1)
    rounds[round] = [...(rounds[round] ?? []), score]
  }
  return {
    scores: rounds.map(round => Math.max(...round)),
    growth: meanGrowth(counted, own, settings),
    failures,
  }
}

/** Trials in order of their number, so that the same records give the same scores. */
function firstStage(trials: readonly TrialRecord[], { operations }: DecisionSettings): TrialRecord[] {
  return trials
    .filter(trial => trial.purpose === 'measure' && trial.operations === operations)
    .sort((a, b) => a.id - b.id)
}

/** In thresholds; a sentence where the trial shows nothing. */
function scoreOf(trial: TrialRecord, own: OwnGrowth, settings: DecisionSettings): number | string {
  const { outcome } = trial
  if (outcome.kind === 'out-of-memory' && trial.samples.length > 0) return OUT_OF_MEMORY
  if (outcome.kind !== 'completed') return outcome.message
  const inert = trial.warnings.find(({ code }) => code === 'AGENT_INERT')
  if (inert !== undefined) return inert.message
  return Math.max(...METRICS.map(metric => beyondOwn(trial, metric, own, settings) ?? -Infinity))
}

function beyondOwn(
  trial: TrialRecord,
  metric: Metric,
  own: OwnGrowth,
  settings: DecisionSettings,
): number | null {
  const growth = growthOf(trial, metric, settings)
  if (growth === null) return null
  return (growth - (own.get(metric) ?? 0)) / thresholdOf(metric, settings, trial.operations)
}

/** Growth that persists through both windows of the trial. */
function growthOf(trial: TrialRecord, metric: Metric, settings: DecisionSettings): number | null {
  const growth = trialGrowth(trial, metric, settings.unit)
  return growth === null ? null : persistent(growth)
}

function meanGrowth(
  trials: readonly TrialRecord[],
  own: OwnGrowth,
  settings: DecisionSettings,
): BisectVersion['growth'] | null {
  const completed = trials.filter(({ outcome }) => outcome.kind === 'completed')
  const best = METRICS.flatMap(metric => {
    const scores = completed.flatMap(trial => beyondOwn(trial, metric, own, settings) ?? [])
    return scores.length === 0 ? [] : [{ metric, score: mean(scores) }]
  }).sort((a, b) => b.score - a.score)[0]
  if (best === undefined) return null
  const estimate = best.score * thresholdOf(best.metric, settings, settings.operations)
  return { metric: best.metric, estimate, unit: growthUnit(best.metric, settings.unit) }
}
