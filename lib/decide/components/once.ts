import { mean } from '../stats/effect.js'
import { median } from '../stats/median.js'
import type { TrialRecord } from '../../types/index.js'
import type { Because } from '../because.js'
import { gridSample, type GridPoint } from '../growth/trial-growth.js'
import type { Replay } from '../rule/replay.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** Less is what warming up brings, in any application. */
const LEAST_BYTES = 1_048_576

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
  if (!(largest.least >= LEAST_BYTES)) return null
  const { bytes, from, to } = largest
  return { about: 'once', code: 'taken', arm: subject.arm, bytes, from, to }
}
