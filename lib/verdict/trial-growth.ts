import { IsolateLeakError } from '../errors.js'
import type { Metric, Sample, TrialRecord } from '../types.js'
import type { DecisionSettings } from './types.js'

/**
 * Growth over parts of one trial, per operation (or second). With L(k) the settled reading after k of N operations:
 *
 * - `g1` from N/4 to N/2, `g2` from N/2 to N; the first quarter is warm-up. The windows are geometric so that whatever
 *   grows by doubling does so in each
 * - `h1` and `h2` the two halves of `g2`
 * - `m` the smaller of `g1` and `g2`: growth that persists
 * - `g2t` the smaller of `h1` and `h2`: late growth without a single step
 */
export type Quantity = 'g1' | 'g2' | 'h1' | 'h2' | 'm' | 'g2t'

export interface TrialGrowth {
  readonly value: Readonly<Record<Quantity, number>>
  /** By how much readings that never settled may be off, same unit. */
  readonly bias: Readonly<Record<Quantity, number>>
  /** Width of `g1`, `h1` and `h2`: operations (or seconds). */
  readonly width: Readonly<Record<'g1' | 'h1' | 'h2', number>>
}

/** Places of the readings that growth is computed from, as shares of the operations. */
const FRACTIONS = { start: 0, quarter: 0.25, half: 0.5, threeQuarters: 0.75, end: 1 } as const

export type GridPoint = keyof typeof FRACTIONS

/** Position on the axis that growth is divided by: operations, or seconds since the launch. */
export function position(sample: Sample, unit: DecisionSettings['unit']): number {
  return unit === 'second' ? sample.elapsedMs / 1000 : sample.operations
}

/**
 * The reading at a place of the grid.
 * @throws IsolateLeakError `ERR_HOST_FAILED` when a completed trial has none there
 */
export function gridSample(trial: TrialRecord, point: GridPoint): Sample {
  const wanted = Math.round(trial.operations * FRACTIONS[point])
  const found = trial.samples.find(sample => sample.kind === 'grid' && sample.operations === wanted)
  if (found === undefined) {
    throw new IsolateLeakError(
      'ERR_HOST_FAILED',
      `Trial ${String(trial.id)} counts as completed but has no reading after ${String(wanted)} operations`,
    )
  }
  return found
}

/** Growth of one metric in a completed trial; `null` where the platform does not tell the metric. */
export function trialGrowth(
  trial: TrialRecord,
  metric: Metric,
  unit: DecisionSettings['unit'],
): TrialGrowth | null {
  const between = (
    from: GridPoint,
    to: GridPoint,
  ): { growth: number; bias: number; width: number } | null => {
    const first = gridSample(trial, from)
    const last = gridSample(trial, to)
    const before = first.values[metric]
    const after = last.values[metric]
    if (before === null || after === null) return null
    const width = position(last, unit) - position(first, unit)
    const bias = (unsettledBytes(first, metric) + unsettledBytes(last, metric)) / width
    return { growth: (after - before) / width, bias, width }
  }
  const g1 = between('quarter', 'half')
  const g2 = between('half', 'end')
  const h1 = between('half', 'threeQuarters')
  const h2 = between('threeQuarters', 'end')
  if (g1 === null || g2 === null || h1 === null || h2 === null) return null
  return {
    value: {
      g1: g1.growth,
      g2: g2.growth,
      h1: h1.growth,
      h2: h2.growth,
      m: Math.min(g1.growth, g2.growth),
      g2t: Math.min(h1.growth, h2.growth),
    },
    bias: {
      g1: g1.bias,
      g2: g2.bias,
      h1: h1.bias,
      h2: h2.bias,
      m: Math.max(g1.bias, g2.bias),
      g2t: Math.max(h1.bias, h2.bias),
    },
    width: { g1: g1.width, h1: h1.width, h2: h2.width },
  }
}

/** How far a reading that never settled may be off. */
export function unsettledBytes(sample: Sample, metric: Metric): number {
  if (sample.settled) return 0
  if (metric === 'heap') return sample.spreadBytes
  return metric === 'arrayBuffers' || metric === 'external' ? sample.externalSpreadBytes : 0
}
