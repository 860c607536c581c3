import { IsolateLeakError } from '../../errors.js'
import type { Metric, Sample, TrialRecord } from '../../types/index.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/**
 * Parts of one trial. Of N operations, `middle` is from N/4 to N/2, `late` from there to N; what lies before is warm-up. The second is
 * twice as long as the first, so that whatever grows by doubling does so in each.
 */
export type Window = 'middle' | 'late'

export const WINDOWS: readonly Window[] = ['middle', 'late']

export interface WindowGrowth {
  /** Per operation (or second). */
  readonly rate: number
  /** Operations (or seconds). */
  readonly width: number
  /** By how much readings at its ends that never settled may be off together, in the unit of the metric. */
  readonly doubt: number
  /** Bytes of the growth by which large array buffers grew, as many as before; 0 for every other metric. */
  readonly resized: number
}

export type TrialGrowth = Readonly<Record<Window, WindowGrowth>>

/** Places of the readings that growth is computed from, as shares of the operations. */
const FRACTIONS = { start: 0, quarter: 0.25, half: 0.5, end: 1 } as const

export type GridPoint = keyof typeof FRACTIONS

/** Places between which growth is computed. */
type Places = Readonly<Record<Window, readonly [GridPoint, GridPoint]>>

const WHOLE: Places = { middle: ['quarter', 'half'], late: ['half', 'end'] }

/** Of a trial that got through half of its operations, as of one that had half as many; its first part has the warm-up in it. */
export const FIRST_HALF: Places = { middle: ['start', 'quarter'], late: ['quarter', 'half'] }

/** Position on the axis that growth is divided by: operations, or seconds since the launch. */
export function position(sample: Sample, unit: DecisionSettings['unit']): number {
  return unit === 'second' ? sample.elapsedMs / 1000 : (sample.performed ?? sample.operations)
}

export function operationsAt({ operations }: Pick<TrialRecord, 'operations'>, point: GridPoint): number {
  return Math.round(operations * FRACTIONS[point])
}

/** The reading at a place of the grid, if the trial got there. */
export function readingAt(trial: TrialRecord, point: GridPoint): Sample | undefined {
  const wanted = operationsAt(trial, point)
  return trial.samples.find(sample => sample.kind === 'grid' && sample.operations === wanted)
}

/**
 * The reading at a place of the grid.
 * @throws IsolateLeakError `ERR_HOST_FAILED` when a completed trial has none there
 */
export function gridSample(trial: TrialRecord, point: GridPoint): Sample {
  const found = readingAt(trial, point)
  if (found === undefined) {
    const wanted = operationsAt(trial, point)
    throw new IsolateLeakError(
      'ERR_HOST_FAILED',
      `Trial ${String(trial.id)} counts as completed but has no reading after ${String(wanted)} operations`,
    )
  }
  return found
}

/**
 * Growth of one metric in a trial; `null` where the platform does not tell the metric.
 * @param doubtBytes by how much each of its readings may be off that settled; default 0
 * @param places by default those of a completed trial
 */
export function trialGrowth(
  trial: TrialRecord,
  metric: Metric,
  unit: DecisionSettings['unit'],
  doubtBytes = 0,
  places: Places = WHOLE,
): TrialGrowth | null {
  const within = ([from, to]: Places[Window]): WindowGrowth | null => {
    const first = gridSample(trial, from)
    const last = gridSample(trial, to)
    const before = first.values[metric]
    const after = last.values[metric]
    if (before === null || after === null) return null
    const width = position(last, unit) - position(first, unit)
    const off = (sample: Sample): number =>
      Math.hypot(unsettledBytes(sample, metric), isBytes(metric) ? doubtBytes : 0)
    const doubt = Math.hypot(off(first), off(last))
    const resized = metric === 'arrayBuffers' ? resizedBytes(first, last, after - before) : 0
    return { rate: (after - before) / width, width, doubt, resized }
  }
  const middle = within(places.middle)
  const late = within(places.late)
  return middle === null || late === null ? null : { middle, late }
}

function isBytes(metric: Metric): boolean {
  return metric === 'heap' || metric === 'arrayBuffers' || metric === 'external'
}

/** A buffer that grows is replaced by a larger one; what is kept is one more. */
function resizedBytes(first: Sample, last: Sample, growth: number): number {
  const [before, after] = [first.largeBuffers, last.largeBuffers]
  if (before === undefined || after === undefined || after.count > before.count) return 0
  return Math.max(0, Math.min(growth, after.bytes - before.bytes))
}

/** Growth that persists through both windows. */
export function persistent({ middle, late }: TrialGrowth): number {
  return Math.min(middle.rate, late.rate)
}

/** How far a reading that never settled may be off. */
export function unsettledBytes(sample: Sample, metric: Metric): number {
  if (sample.settled) return 0
  if (metric === 'heap') return sample.spreadBytes
  return isBytes(metric) ? sample.externalSpreadBytes : 0
}

/** Shares of the operations after which a settled sample is taken. */
const SHARES: readonly number[] = [0, 1 / 4, 1 / 2, 1]

/**
 * Operations after which samples are taken, ascending, from 0 to `operations`. Few readings, each truly settled; from the second on
 * each at twice the operations of the one before, so that whatever grows by doubling does so between any two of them, and so that a
 * trial that goes on to twice its operations has the readings of one that was planned to.
 */
export function gridFor(operations: number): number[] {
  return [...new Set(SHARES.map(share => Math.round(operations * share)))]
}
