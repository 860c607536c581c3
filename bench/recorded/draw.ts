import { mulberry32 } from '../../lib/decide/stats/random.js'
import { holm } from '../../lib/decide/stats/effect.js'
import type { Metric, Sample, TrialRecord, Verdict } from '../../lib/types/index.js'
import { APPLICATION, BASELINE, subjectOf, type ArmKey, type Subject } from '../../lib/decide/growth/arms.js'
import { LOOKS } from '../../lib/decide/rule/looks.js'
import { replay, type Replay } from '../../lib/decide/rule/replay.js'
import type { TrialBook } from '../../lib/decide/growth/trial-book.js'
import { trialGrowth, type TrialGrowth } from '../../lib/decide/growth/trial-growth.js'
import type { DecisionSettings } from '../../lib/types/decision-settings.js'
import { simulatedTrial } from '../../test/support/simulated-trial.js'
import type { RecordedTrial, Recording } from './recording.js'

export interface Draw {
  readonly recording: Recording
  /** Whether launches are drawn that were recorded beside busy loops. */
  readonly busy: boolean
  readonly operations: number
  /** Bytes per operation. */
  readonly threshold: number
  /** Bytes of heap an operation that are added to every launch with the agent. */
  readonly added: number
  readonly calls: number
  /** Launches without the agent of all recordings: the application is the same. */
  readonly alone: readonly RecordedTrial[]
}

export interface Drawn {
  readonly counts: Readonly<Record<Verdict, number>>
  /** Of the application alone. */
  readonly application: Readonly<Record<Verdict, number>>
  /** Launches, mean. */
  readonly launches: number
  /** Operations of all launches, mean, as a multiple of those of the call. */
  readonly operations: number
  /** What it was undecided by, and how often. */
  readonly undecidedBy: Readonly<Partial<Record<Metric, number>>>
}

const NAME = 'agent'

/**
 * Draws calls from recorded launches and has the rule judge each, from the first look to the last. Checks of idle time are not drawn: what was
 * shown to grow counts as kept.
 */
export function draw({ recording, busy, operations, threshold, added, calls, alone }: Draw): Drawn {
  const settings: DecisionSettings = {
    agents: [{ name: NAME, requires: [] }],
    ...{ operations, threshold, errorRate: 0.05, unit: 'operation', retentionMs: 60_000 },
  }
  const subjects = [APPLICATION, subjectOf([NAME], settings)]
  const lengths = new Set(LOOKS.map(({ multiple }) => multiple * operations))
  const poolOf = (trials: readonly RecordedTrial[], withAgent: boolean, bytes: number): readonly Launch[] =>
    trials
      .filter(trial => trial.busy === busy && trial.withAgent === withAgent)
      .map(trial => launchOf(trial, lengths, bytes))
  const pools = { agent: poolOf(recording.trials, true, added), alone: poolOf(alone, false, 0) }

  const counts = { leak: 0, clean: 0, inconclusive: 0 }
  const application = { leak: 0, clean: 0, inconclusive: 0 }
  const undecidedBy: Partial<Record<Metric, number>> = {}
  let launches = 0
  let performed = 0
  for (let call = 0; call < calls; call++) {
    const random = mulberry32(call * 7919 + operations)
    const drawn = { agent: sample(pools.agent, random), alone: sample(pools.alone, random) }
    const made = new Map<ArmKey, Map<number, number>>()
    const book = bookOf(arm => (arm === BASELINE ? drawn.alone : drawn.agent), made)
    const replays = played(subjects, book, settings, made)
    const [own, agent] = replays.map(verdictOf) as [Verdict, Verdict]
    application[own]++
    counts[agent]++
    if (agent === 'inconclusive') {
      for (const { metric, clean } of replays[1]?.metrics ?? []) {
        if (!clean) undecidedBy[metric] = (undecidedBy[metric] ?? 0) + 1
      }
    }
    for (const lengthsOfArm of made.values()) {
      const most = Math.max(...lengthsOfArm.values())
      launches += most
      for (let launch = 0; launch < most; launch++) {
        const reached = [...lengthsOfArm].filter(([, trials]) => trials > launch).map(([length]) => length)
        performed += Math.max(...reached)
      }
    }
  }
  return {
    counts,
    application,
    launches: launches / calls,
    operations: performed / calls / operations,
    undecidedBy,
  }
}

/** Takes looks until none is waiting for trials, as a run does. */
function played(
  subjects: readonly Subject[],
  book: TrialBook,
  settings: DecisionSettings,
  made: Map<ArmKey, Map<number, number>>,
): readonly Replay[] {
  const launch = (arm: ArmKey, operations: number, trials: number): void => {
    const own = made.get(arm) ?? new Map<number, number>()
    made.set(arm, own.set(operations, Math.max(trials, own.get(operations) ?? 0)))
  }
  const known = new Map<string, Replay>()
  const taken = (subject: Subject, remaining: number): Replay => {
    const own = made.get(subject.arm)
    const reference = subject.reference === null ? undefined : made.get(subject.reference)
    const key = JSON.stringify([subject.arm, remaining, [...(own ?? [])], [...(reference ?? [])]])
    const found = known.get(key) ?? replay(subject, book, settings, remaining)
    known.set(key, found)
    return found
  }
  for (;;) {
    const accused = holm(subjects, (subject, remaining) => taken(subject, remaining).state === 'leak')
    const remaining = Math.max(1, subjects.length - accused.size)
    const replays = subjects.map(subject => taken(subject, remaining))
    const waiting = replays.filter(({ state }) => state === 'waiting')
    if (waiting.length === 0) return replays
    for (const { subject, next } of waiting) {
      if (next === null) continue
      launch(subject.arm, next.operations, next.trials)
      if (subject.reference !== null) launch(subject.reference, next.operations, next.reference)
    }
  }
}

function verdictOf({ state }: Replay): Verdict {
  return state === 'leak' || state === 'clean' ? state : 'inconclusive'
}

/** One process, as it is after each length of a trial. */
type Launch = ReadonlyMap<number, TrialRecord>

function launchOf(
  { samples, withAgent }: RecordedTrial,
  lengths: ReadonlySet<number>,
  added: number,
): Launch {
  const known: readonly Sample[] = samples.map(one => ({
    ...{ ...one, kind: 'grid', readings: 2, resources: {}, children: 0, workers: 0 },
    values: { ...one.values, heap: (one.values.heap ?? 0) + added * one.operations },
  }))
  const agents = withAgent ? [NAME] : []
  return new Map(
    [...lengths].map(operations => {
      const planned = { ...({ id: 0, agents, backend: 'up', purpose: 'measure' } as const), operations }
      return [operations, simulatedTrial(planned, { curves: {} }, known)]
    }),
  )
}

/** Launches of an arm that a call has at most. */
const MOST = Math.max(...LOOKS.map(({ trials, reference }) => Math.max(trials, reference)))

/** Whether there are launches enough for a call with all looks. */
export function isEnough({ trials }: Recording, busy: boolean): boolean {
  return trials.filter(trial => trial.withAgent && trial.busy === busy).length >= MOST
}

/** A launch is not drawn twice in a call. */
function sample(launches: readonly Launch[], random: () => number): readonly Launch[] {
  const left = [...launches]
  return Array.from({ length: MOST }, () => left.splice(Math.floor(random() * left.length), 1)[0] as Launch)
}

const GROWTH = new WeakMap<TrialRecord, Map<Metric, TrialGrowth | null>>()

function bookOf(
  launchesOf: (arm: ArmKey) => readonly Launch[],
  made: ReadonlyMap<ArmKey, ReadonlyMap<number, number>>,
): TrialBook {
  const completed: TrialBook['completed'] = (arm, _purpose, operations) =>
    launchesOf(arm)
      .slice(0, made.get(arm)?.get(operations) ?? 0)
      .map(launch => launch.get(operations) as TrialRecord)
  return {
    completed,
    all: () => [],
    failed: () => [],
    growth(trials, metric) {
      const growths = trials.map(trial => {
        const known = GROWTH.get(trial) ?? new Map<Metric, TrialGrowth | null>()
        GROWTH.set(trial, known)
        const growth = known.has(metric) ? known.get(metric) : trialGrowth(trial, metric, 'operation')
        known.set(metric, growth ?? null)
        return growth ?? null
      })
      return growths.every(growth => growth !== null) ? growths : null
    },
  }
}
