import type { NextLaunches, PlannedTrial, TrialRecord } from '../../types/index.js'
import { decide } from '../decide.js'
import type { DecisionSettings, JudgedRun } from '../../types/decision-settings.js'
import type { ArmState, Decision, Need } from '../types.js'
import { ownArms } from './shards.js'
import { armKey, variantKey } from '../growth/arms.js'
import { mulberry32, shuffle } from '../stats/random.js'
import { trialsUnder } from '../growth/conditions.js'
import { openBook } from '../growth/trial-book.js'

/** The arms of a run that still need launches: of one that is split over machines, those that are its own. */
export function wantedArms(
  { arms }: Pick<Decision, 'arms'>,
  trials: readonly TrialRecord[],
  { settings, shard }: JudgedRun,
): readonly ArmState[] {
  return shard === undefined ? arms : ownArms(decide(trials, settings).arms, settings, shard)
}

/** What a run that ends here would have done next; `null`: nothing, or nothing ran by which to tell how long it takes. */
export function nextLaunches(
  decision: Pick<Decision, 'arms'>,
  trials: readonly TrialRecord[],
  run: JudgedRun & { readonly options: Omit<Pace, 'anew'> & { readonly seed: number } },
): NextLaunches | null {
  const { settings, options } = run
  const planned = nextTrials({ arms: wantedArms(decision, trials, run) }, trials, {
    ...settings,
    seed: options.seed,
  })
  const { concurrency, retentionMs } = options
  const expectedMs = expectation(planned, trials, { concurrency, retentionMs, anew: true })
  if (planned.length === 0 || expectedMs === null) return null
  return { launches: planned.length, expectedMs: Math.round(expectedMs) }
}

interface Pace {
  readonly concurrency: number
  readonly retentionMs: number
  /** Whether the applications of earlier trials are gone, so that none goes on. Default false. */
  readonly anew?: boolean
}

/** Time that planned trials will take, from those that ran, ms; `null` before the first. */
export function expectation(
  planned: readonly PlannedTrial[],
  trials: readonly TrialRecord[],
  { concurrency, retentionMs, anew = false }: Pace,
): number | null {
  // Those that go on with another have waited meanwhile.
  const measured = trials.filter(({ purpose, continues }) => purpose === 'measure' && continues === undefined)
  if (measured.length === 0) return null
  const msPerOperation = measured.map(trial => trial.timings.totalMs / trial.operations)
  const mean = msPerOperation.reduce((sum, ms) => sum + ms, 0) / measured.length
  const wanted = planned.filter(({ purpose }) => purpose === 'measure')
  const done = (trial: PlannedTrial): number =>
    trials
      .filter(one => !anew && one.operations < trial.operations && variantKey(one) === variantKey(trial))
      .reduce((most, { operations }) => Math.max(most, operations), 0)
  const operations = wanted.reduce((sum, trial) => sum + trial.operations - done(trial), 0)
  const measureMs = (mean * operations) / concurrency
  // Idle checks run beside the others, most of them with an application that has been idle for a while.
  return Math.max(measureMs, wanted.length < planned.length ? retentionMs : 0)
}

export interface PlanSettings extends DecisionSettings {
  /** Orders the trials; an integer. */
  readonly seed: number
}

type Wanted = Omit<PlannedTrial, 'id'>

/**
 * The trials to run before the next decision, in order; none when everything is decided. They come in blocks: each has
 * one trial of every arm that still needs one, in seeded random order, so that whatever drifts with time hits all arms
 * alike, and all conditions of the agents' collector. The very first trial of a run is the baseline's: an application that does not even start is found out at once.
 *
 * One block at a time while an arm has failed trials, which may bring an end, otherwise
 * everything that the next look needs.
 */
export function nextTrials(
  decision: Pick<Decision, 'arms'>,
  trials: readonly TrialRecord[],
  settings: PlanSettings,
): readonly PlannedTrial[] {
  const lastId = trials.reduce((largest, { id }) => Math.max(largest, id), 0)
  const random = mulberry32(settings.seed + Math.imul(lastId, 0x9e3779b1))
  const wanted = decision.arms.map(arm => missing(arm, trials, settings))
  const cautious = trials.some(({ outcome }) => outcome.kind !== 'completed')
  const blocks = cautious ? Math.min(1, longest(wanted)) : longest(wanted)
  const planned: Wanted[] = []
  for (let block = 0; block < blocks; block++) {
    const row = wanted.flatMap(list => list.slice(block, block + 1))
    const shuffled = shuffle(row, random)
    if (trials.length === 0 && block === 0)
      shuffled.sort((a, b) => Number(b.agents.length === 0) - Number(a.agents.length === 0))
    planned.push(...shuffled)
  }
  return planned.map((trial, index) => ({ id: lastId + 1 + index, ...trial }))
}

function longest(lists: readonly (readonly unknown[])[]): number {
  return Math.max(0, ...lists.map(list => list.length))
}

/** Trials that an arm lacks, smaller ones first. A failed trial is made again until the arm is given up. */
function missing(arm: ArmState, trials: readonly TrialRecord[], settings: PlanSettings): Wanted[] {
  const order = settings.agents.map(agent => agent.name)
  const key = armKey(arm.agents, order)
  const book = openBook(trialsUnder(arm.backend, trials, settings), settings)
  const made = (need: Need): number => book.completed(key, need.purpose, need.operations).length
  return [...arm.needs]
    .sort((a, b) => a.operations - b.operations || (a.purpose < b.purpose ? -1 : 1))
    .flatMap(need =>
      Array.from({ length: Math.max(0, need.trials - made(need)) }, () => ({
        agents: arm.agents,
        backend: arm.backend,
        purpose: need.purpose,
        operations: need.operations,
      })),
    )
}
