import { trialGrowth } from '../decide/growth/trial-growth.js'
import type { DecisionSettings } from '../types/decision-settings.js'
import type { Culprit, TrialRecord } from '../types/index.js'

/** What each interval between two looks should bring: enough to stand out of what V8 itself moves, and no more. */
const WANTED_BYTES = 512 * 1024
/** The same of descriptors, handles, listeners and contexts. */
const WANTED_COUNT = 40
/** As many operations as that are better, for what leaks in pieces now and then, as long as they do not bring more than so many bytes. */
const BETTER = 1024
const MOST_BYTES = 4 * 1024 * 1024
/** Fewest operations of an interval. */
const FEWEST = 128
/** Share of the operations before the first look, where the leak is there from the start and outweighs warming up. */
const EARLY_SHARE = 1 / 16
/** Growth of the first quarter counts as the leak's when it brings this much, several times what any agent loads late. */
const OUTWEIGHS_BYTES = 8 * 1024 * 1024
/** Share of its late growth that growth must have for the leak to have begun. */
const BEGUN = 0.5

/**
 * Operations after which an evidence trial looks at the heap: once when the leak has begun, and twice more after equal
 * intervals. As few as will do, since the larger the heap, the longer a snapshot freezes the application.
 */
export function evidencePoints(
  culprit: Culprit,
  trials: readonly TrialRecord[],
  { operations, unit }: Pick<DecisionSettings, 'operations' | 'unit'>,
): readonly [number, number, number] {
  const arm = armOf(culprit, trials, operations)
  const rate = Math.max(Number.MIN_VALUE, Math.abs(culprit.growth.estimate))
  const isBytes = culprit.growth.unit.startsWith('bytes')
  const wanted = isBytes ? WANTED_BYTES : WANTED_COUNT
  const quarter = Math.floor(operations / 4)
  const affordable = isBytes ? Math.floor(MOST_BYTES / rate) : BETTER
  const fewest = unit === 'second' ? quarter : Math.max(FEWEST, Math.min(BETTER, affordable))
  const interval = Math.min(quarter, Math.max(fewest, Math.ceil(wanted / rate)))
  const begin = unit === 'second' ? quarter : beginning(culprit, arm, operations)
  return [begin, begin + interval, begin + 2 * interval]
}

function beginning(culprit: Culprit, arm: readonly TrialRecord[], operations: number): number {
  const late = culprit.growth.estimate
  const quarter = Math.floor(operations / 4)
  const early = mean(arm.map(trial => trialGrowth(trial, culprit.metric, 'operation')?.middle.rate ?? 0))
  if (arm.length > 0 && early < BEGUN * late) return 2 * quarter
  const isBytes = culprit.growth.unit.startsWith('bytes')
  const first = mean(arm.map(trial => firstQuarter(trial, culprit)))
  const fromTheStart = first >= BEGUN * late * quarter && (!isBytes || first > OUTWEIGHS_BYTES)
  return fromTheStart ? Math.max(FEWEST, Math.floor(operations * EARLY_SHARE)) : quarter
}

function firstQuarter({ samples }: TrialRecord, { metric }: Culprit): number {
  return (samples[1]?.values[metric] ?? 0) - (samples[0]?.values[metric] ?? 0)
}

/** Completed trials of the smallest set with the culprit in it, of the length that was asked for. */
function armOf(culprit: Culprit, trials: readonly TrialRecord[], operations: number): TrialRecord[] {
  const own = trials.filter(
    trial =>
      trial.purpose === 'measure' &&
      trial.outcome.kind === 'completed' &&
      trial.operations === operations &&
      (culprit.agents.length === 0
        ? trial.agents.length === 0
        : trial.backend === culprit.backend && culprit.agents.every(name => trial.agents.includes(name))),
  )
  const smallest = Math.min(...own.map(({ agents }) => agents.length))
  return own.filter(({ agents }) => agents.length === smallest)
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
