import type { RunLine } from '../journal/journal-lines.js'
import type { NextLaunches, TrialRecord } from '../types.js'
import type { Decision } from '../verdict/types.js'
import { expectation } from './expectation.js'
import { nextTrials } from './next-trials.js'

/** What a run that ends here would have done next; `null`: nothing, or nothing ran by which to tell how long it takes. */
export function nextLaunches(
  decision: Pick<Decision, 'arms'>,
  trials: readonly TrialRecord[],
  { settings, options }: Pick<RunLine, 'settings' | 'options'>,
): NextLaunches | null {
  const planned = nextTrials(decision, trials, { ...settings, seed: options.seed })
  const { concurrency, retentionMs } = options
  const expectedMs = expectation(planned, trials, { concurrency, retentionMs, anew: true })
  if (planned.length === 0 || expectedMs === null) return null
  return { launches: planned.length, expectedMs: Math.round(expectedMs) }
}
