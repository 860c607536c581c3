import { PIECE_BYTES, STILL } from './thresholds.js'
import { WINDOWS, type TrialGrowth, type WindowGrowth } from './trial-growth.js'

/**
 * Growth of array buffers without what pools and encoders take when a batch does not fit: a buffer is replaced by one of twice its size, at
 * a time of its own in each process. What keeps all it is given in one buffer is doubled in every window of every trial, so nothing is taken
 * away where not a part of the trials stood still in the last half, or where it was more than a piece.
 */
export function withoutResizing(trials: readonly TrialGrowth[]): readonly TrialGrowth[] {
  const still = trials.filter(({ late }) => late.resized === 0)
  const isLarge = trials.some(trial => WINDOWS.some(window => trial[window].resized > PIECE_BYTES))
  if (isLarge || still.length < STILL * trials.length) return trials
  const without = (growth: WindowGrowth): WindowGrowth => ({
    ...growth,
    rate: growth.rate - growth.resized / growth.width,
    resized: 0,
  })
  return trials.map(({ middle, late }) => ({ middle: without(middle), late: without(late) }))
}
