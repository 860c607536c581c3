import type { TrialRecord } from '../../types/index.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import { gridSample, type TrialGrowth, type WindowGrowth } from './trial-growth.js'

/** Array buffers in which an agent keeps what its collector does not take, up to a bound of its own. */
export interface Held {
  /** What the trials had come to at most since their start, bytes. */
  readonly bytes: number
  readonly boundBytes: number
}

/**
 * What trials hold of that; `null` where the agents are not known to hold anything, where the collector takes what they send, and where a trial
 * holds more than the bound.
 */
export function heldWithin(
  trials: readonly TrialRecord[],
  { agents }: Pick<DecisionSettings, 'agents'>,
): Held | null {
  const [first] = trials
  if (first === undefined || first.backend === 'up') return null
  const boundBytes = agents
    .filter(({ name }) => first.agents.includes(name))
    .reduce((sum, { holdsBytes = 0 }) => sum + holdsBytes, 0)
  const taken = trials.map(trial => {
    const bytes = (sample: 'start' | 'end'): number => gridSample(trial, sample).values.arrayBuffers ?? NaN
    return bytes('end') - bytes('start')
  })
  const bytes = Math.max(...taken)
  return boundBytes > 0 && bytes <= boundBytes ? { bytes, boundBytes } : null
}

/** Growth of array buffers, which is none as long as it only fills what the agents are known to hold. */
export function withoutHeld(
  growths: readonly TrialGrowth[],
  trials: readonly TrialRecord[],
  settings: Pick<DecisionSettings, 'agents'>,
): readonly TrialGrowth[] {
  if (heldWithin(trials, settings) === null) return growths
  const still = (growth: WindowGrowth): WindowGrowth => ({
    ...growth,
    rate: Math.min(0, growth.rate),
    resized: 0,
  })
  return growths.map(({ middle, late }) => ({ middle: still(middle), late: still(late) }))
}
