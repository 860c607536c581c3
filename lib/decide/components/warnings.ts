import { margin, mean } from '../stats/effect.js'
import type { TrialRecord } from '../../types/index.js'
import type { Because, DecidedWarning, SetOpen } from '../because.js'
import type { Followed } from '../search/follow.js'
import { type ArmKey, armAgents, setName } from '../growth/arms.js'
import type { Standing } from '../standing/standing.js'
import { cleanLevel } from '../rule/looks.js'
import { type ResidentInput, judgeResident } from '../rule/retention-rule.js'
import { thresholdOf, growthUnit } from '../growth/thresholds.js'
import { type TrialBook, armOf } from '../growth/trial-book.js'
import { type GridPoint, gridSample, persistent } from '../growth/trial-growth.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import type { Decision } from '../types.js'
import { median } from '../stats/spread.js'
import type { Replay } from '../rule/replay.js'

/** Warnings that the trials brought along, and those that follow from how they ended and settled. */
export function trialWarnings(
  trials: readonly TrialRecord[],
  arms: readonly ArmKey[],
  book: TrialBook,
  settings: DecisionSettings,
): readonly DecidedWarning[] {
  const brought = [...trials]
    .sort((a, b) => a.id - b.id)
    .flatMap(trial =>
      trial.warnings
        // Told once an arm, below.
        .filter(({ code }) => code !== 'UNSETTLED' && code !== 'TRIAL_FAILED')
        .map(({ message, ...warning }) => ({
          ...warning,
          because: { code: 'told', message } as const,
          agents: armAgents(armOf(trial, settings)),
          trial: trial.id,
        })),
    )
  return [
    ...withoutRepeated(brought),
    ...arms.flatMap(arm => [...failed(arm, book), ...unsettled(arm, book)]),
  ]
}

/** Errors that are printed with fewer agents as well are not those of more: told once, where the fewest are on; of the application itself not at all. */
function withoutRepeated(warnings: readonly DecidedWarning[]): readonly DecidedWarning[] {
  const printed = warnings
    .filter(({ code }) => code === 'ERRORS_PRINTED')
    .toSorted((a, b) => (a.agents?.length ?? 0) - (b.agents?.length ?? 0))
  const kept: DecidedWarning[] = []
  for (const one of printed) {
    if (!kept.some(({ agents = [] }) => agents.every(name => one.agents?.includes(name)))) kept.push(one)
  }
  const told = kept.filter(({ agents = [] }) => agents.length > 0)
  return warnings.filter(one => one.code !== 'ERRORS_PRINTED' || told.includes(one))
}

function failed(arm: ArmKey, book: TrialBook): DecidedWarning[] {
  return book.failed(arm).map(trial => ({
    code: 'TRIAL_FAILED',
    because: { code: 'failed', arm, end: { trial: trial.id, outcome: trial.outcome } },
    downgrades: true,
    agents: armAgents(arm),
    trial: trial.id,
  }))
}

function unsettled(arm: ArmKey, book: TrialBook): DecidedWarning[] {
  const samples = book.all(arm).flatMap(trial => trial.samples)
  const restless = samples.filter(sample => !sample.settled)
  if (restless.length === 0) return []
  const widest = Math.max(...restless.map(sample => Math.max(sample.spreadBytes, sample.externalSpreadBytes)))
  return [
    {
      code: 'UNSETTLED',
      because: {
        ...{ code: 'unsettled', arm, readings: samples.length, restless: restless.length },
        widestBytes: widest,
      },
      downgrades: false,
      agents: armAgents(arm),
    },
  ]
}

/** What the search noticed of sets of agents. */
export function setWarnings(
  { findings, wants }: Followed,
  settings: DecisionSettings,
): readonly DecidedWarning[] {
  const names = settings.agents.map(({ name }) => name)
  const together = settings.together === true && names.length > 1
  const unfinished = together && wants.length > 0 && findings.unsettled.size === 0
  const unsettled = [
    ...[...findings.unsettled].map(([arm, why]) => ({ agents: armAgents(arm), why })),
    ...(unfinished ? [{ agents: names, why: 'run-ended' as const }] : []),
  ]
  return [
    ...findings.warnings,
    ...unsettled.map(({ agents, why }: { agents: readonly string[]; why: SetOpen }): DecidedWarning => {
      const because = { code: 'set-open', name: setName(agents, settings), why } as const
      return { code: 'TOGETHER_UNSETTLED', because, downgrades: false, agents }
    }),
  ]
}

/** Resident memory that nothing else explains. */
export function residentWarnings(
  { replay }: Standing,
  book: TrialBook,
  settings: DecisionSettings,
): readonly DecidedWarning[] {
  const arm = resident(replay.arm, book)
  const reference = replay.reference === null ? null : resident(replay.reference, book)
  if (arm === null || (replay.reference !== null && reference === null)) return []
  const hint = judgeResident(arm, reference, thresholdOf('rss', settings, replay.operations))
  if (hint === 'none') return []
  const least = Math.min(...arm.rss.map(persistent))
  const unit = growthUnit('rss', settings.unit)
  return [
    {
      code: 'RSS_GROWTH',
      because: { code: 'resident', arm: replay.subject.arm, least, unit, isLarge: hint === 'grows-a-lot' },
      downgrades: hint === 'grows-a-lot',
      agents: armAgents(replay.subject.arm),
    },
  ]
}

function resident(trials: readonly TrialRecord[], book: TrialBook): ResidentInput | null {
  const rss = book.growth(trials, 'rss')
  const explained = (['heap', 'arrayBuffers', 'external', 'code'] as const)
    .map(metric => book.growth(trials, metric))
    .filter(growths => growths !== null)
  return rss === null ? null : { rss, explained }
}

/** Says what the run cannot tell, where trials of one arm differ by more than the threshold. */
export function noiseWarnings({ replay }: Standing, settings: DecisionSettings): readonly DecidedWarning[] {
  const heap = replay.metrics.find(({ metric }) => metric === 'heap')
  if (heap === undefined || replay.arm.length < 3 || heap.status !== 'open') return []
  const wide = margin(heap.effects.late, cleanLevel(settings.errorRate))
  if (wide <= heap.threshold) return []
  const unit = growthUnit('heap', settings.unit)
  return [
    {
      code: 'NOISY',
      because: { code: 'noisy', arm: replay.subject.arm, least: wide, unit, trials: replay.arm.length },
      downgrades: false,
      agents: armAgents(replay.subject.arm),
    },
  ]
}

/** What is still open when the budget is spent says so. */
export function overBudget(decision: Decision, budgetMs: number, spentMs: number | null = null): Decision {
  const spent: Because = { about: 'budget', code: 'spent', budgetMs, spentMs }
  const noted = <T extends { readonly verdict: string; readonly because: readonly Because[] }>(one: T): T =>
    one.verdict === 'inconclusive' ? { ...one, because: [spent, ...one.because] } : one
  return {
    ...decision,
    components: decision.components.map(component => ({
      ...noted(component),
      ...(component.conditions === undefined ? {} : { conditions: component.conditions.map(noted) }),
    })),
  }
}

/** Less is what warming up brings, in any application. */
const LEAST_ONCE_BYTES = 1_048_576

/** Parts of a trial after which a clean one does not grow. */
const PARTS: readonly (readonly [GridPoint, GridPoint])[] = [
  ['start', 'quarter'],
  ['quarter', 'half'],
]

/**
 * Heap that every trial takes in one part, beyond what its reference does, and that is not followed by more: a table that is loaded with the
 * first error, a pool that is filled. `null`: there is none worth telling.
 */
export function takenOnce(
  { subject, arm, reference }: Pick<Replay, 'subject' | 'arm' | 'reference'>,
  { unit }: Pick<DecisionSettings, 'unit'>,
): Extract<Because, { about: 'once' }> | null {
  if (unit === 'second' || arm.length === 0) return null
  const found = PARTS.map(([from, to]) => {
    const rise = (trial: TrialRecord): number =>
      (gridSample(trial, to).values.heap ?? NaN) - (gridSample(trial, from).values.heap ?? NaN)
    const usual = reference === null ? 0 : Math.max(0, median(reference.map(rise)))
    const excess = arm.map(trial => rise(trial) - usual)
    const [trial] = arm as [TrialRecord]
    const place = (point: GridPoint): number => gridSample(trial, point).operations
    return { least: Math.min(...excess), bytes: mean(excess), from: place(from), to: place(to) }
  })
  const largest = found.reduce((most, one) => (one.least > most.least ? one : most))
  if (!(largest.least >= LEAST_ONCE_BYTES)) return null
  const { bytes, from, to } = largest
  return { about: 'once', code: 'taken', arm: subject.arm, bytes, from, to }
}
