import type { AgentCosts, Cost, CostName, TrialRecord } from '../types/index.js'
import type { DecisionSettings } from '../types/decision-settings.js'
import { subjectOf } from './growth/arms.js'
import { conditionsOf } from './growth/conditions.js'
import type { TrialBook } from './growth/trial-book.js'
import { position, readingAt } from './growth/trial-growth.js'
import { type Group, difference, groupOf, margin } from './stats/effect.js'
import { pooled } from './stats/spread.js'

/** One trial says nothing of how trials differ. */
const LEAST_TRIALS = 2

/** Of the two-sided interval that misses the true value in 5% of cases. */
const ONE_SIDED = 0.025

/** Of fewer answers the slowest is all that is known beyond the 99th percentile. */
const LEAST_ANSWERS = 100

interface Figure {
  /** Of one trial; `null`: it does not tell. */
  readonly of: (trial: TrialRecord, unit: DecisionSettings['unit']) => number | null
  /** Smallest standard error that is believed: steps in which it is told. */
  readonly floor: number
}

/** Memory is mapped in such pieces. */
const PAGE_BYTES = 4096

const FIGURES: Readonly<Record<CostName, Figure>> = {
  cpuMsPerOperation: {
    of: (trial, unit) => (unit === 'second' ? null : per(trial, 'cpuMs', operations)),
    floor: 0,
  },
  cpuMsPerSecond: {
    of: (trial, unit) => (unit === 'second' ? per(trial, 'cpuMs', loadSeconds) : null),
    floor: 0,
  },
  operationsPerSecond: {
    of: (trial, unit) => {
      const seconds = loadSeconds(trial)
      return unit === 'second' || seconds === null || seconds <= 0 ? null : operations(trial) / seconds
    },
    floor: 0,
  },
  p50Ms: { of: trial => readingAt(trial, 'end')?.answers?.p50Ms ?? null, floor: 0 },
  p99Ms: {
    of: trial => {
      const answers = readingAt(trial, 'end')?.answers
      return answers === undefined || answers.count < LEAST_ANSWERS ? null : answers.p99Ms
    },
    floor: 0,
  },
  startMs: { of: ({ timings: { readyMs } }) => (readyMs > 0 ? readyMs : null), floor: 1 },
  heapStartBytes: { of: trial => readingAt(trial, 'start')?.values.heap ?? null, floor: 0 },
  heapRestBytes: { of: trial => readingAt(trial, 'end')?.values.heap ?? null, floor: 0 },
  rssStartBytes: { of: trial => readingAt(trial, 'start')?.values.rss ?? null, floor: PAGE_BYTES },
  rssRestBytes: { of: trial => readingAt(trial, 'end')?.values.rss ?? null, floor: PAGE_BYTES },
}

/**
 * What every agent costs under every condition of its collector, in the order of the call: its trials compared with those of what it
 * needs, for most the application alone. Of the sizes that trials came to the largest counts of which both have two. Pure.
 */
export function costsOf(trials: readonly TrialRecord[], settings: DecisionSettings): AgentCosts[] {
  const conditions = conditionsOf(trials, settings)
  return settings.agents.flatMap(({ name }) =>
    conditions.map(({ backend, book }) => {
      const { arm, reference, operations: size } = compared(name, book, settings)
      const figures = Object.entries(FIGURES).map(([figure, how]) => {
        return [figure, costOf(how, arm, reference, settings.unit)]
      })
      return {
        agent: name,
        backend,
        operations: size,
        trials: arm.length,
        reference: reference.length,
        ...(Object.fromEntries(figures) as Record<CostName, Cost | null>),
      }
    }),
  )
}

interface Compared {
  readonly operations: number
  readonly arm: readonly TrialRecord[]
  readonly reference: readonly TrialRecord[]
}

/** The trials that are compared; none where there are not two of one size on both sides. */
function compared(agent: string, book: TrialBook, settings: DecisionSettings): Compared {
  const { arm, reference } = subjectOf([agent], settings)
  const sizes = [...new Set(book.all(arm).map(trial => trial.operations))].sort((a, b) => b - a)
  for (const size of sizes) {
    const own = book.completed(arm, 'measure', size)
    const others = reference === null ? [] : sameMachine(own, book.completed(reference, 'measure', size))
    if (own.length >= LEAST_TRIALS && others.length >= LEAST_TRIALS)
      return { operations: size, arm: own, reference: others }
  }
  return { operations: 0, arm: [], reference: [] }
}

/** Machines that share an experiment differ by more than agents do: an arm of one of them is compared with trials of the same. */
function sameMachine(arm: readonly TrialRecord[], reference: readonly TrialRecord[]): readonly TrialRecord[] {
  const shards = new Set(arm.map(({ shard }) => shard))
  const own = reference.filter(({ shard }) => shards.has(shard))
  return own.length >= LEAST_TRIALS ? own : reference
}

function costOf(
  { of, floor }: Figure,
  arm: readonly TrialRecord[],
  reference: readonly TrialRecord[],
  unit: DecisionSettings['unit'],
): Cost | null {
  const known = (trials: readonly TrialRecord[]): readonly number[] =>
    trials.map(trial => of(trial, unit)).filter(value => value !== null)
  const [own, others] = [known(arm), known(reference)]
  if (own.length < Math.max(LEAST_TRIALS, arm.length)) return null
  if (others.length < Math.max(LEAST_TRIALS, reference.length)) return null
  const [sample, without] = moderated(groupOf(own), groupOf(others))
  const effect = difference(sample, without, floor)
  const half = margin(effect, ONE_SIDED)
  return {
    without: without.mean,
    added: effect.estimate,
    low: effect.estimate - half,
    high: effect.estimate + half,
  }
}

/** Two trials may agree by chance: neither group is taken to scatter less than both do together, as where growth is judged. */
function moderated(...groups: readonly [Group, Group]): [Group, Group] {
  const { variance } = pooled(groups.map(({ spread }) => spread))
  const atLeast = (group: Group): Group => ({
    ...group,
    spread: { ...group.spread, variance: Math.max(variance, group.spread.variance) },
  })
  return [atLeast(groups[0]), atLeast(groups[1])]
}

/** What the later half of a trial took of something that is counted up, divided by how much it was. */
function per(
  trial: TrialRecord,
  counted: 'cpuMs' | 'loadMs',
  amount: (trial: TrialRecord) => number | null,
): number | null {
  const [from, to] = [readingAt(trial, 'half')?.[counted], readingAt(trial, 'end')?.[counted]]
  const divisor = amount(trial)
  if (from === undefined || to === undefined || divisor === null || divisor <= 0) return null
  return (to - from) / divisor
}

/** Operations of the later half. */
function operations(trial: TrialRecord): number {
  const [from, to] = [readingAt(trial, 'half'), readingAt(trial, 'end')]
  return from === undefined || to === undefined ? 0 : position(to, 'operation') - position(from, 'operation')
}

function loadSeconds(trial: TrialRecord): number | null {
  return per(trial, 'loadMs', () => 1000)
}
