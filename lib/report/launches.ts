import type { TrialRecord } from '../types/index.js'

/**
 * Measuring trials, one for every application that was launched: of those that went on with the same application the last, whose samples
 * hold those of the others.
 */
export function measuredLaunches(trials: readonly TrialRecord[]): readonly TrialRecord[] {
  const measured = trials.filter(({ purpose }) => purpose === 'measure')
  const continued = new Set(measured.map(({ continues }) => continues))
  return measured.filter(({ id }) => !continued.has(id))
}
