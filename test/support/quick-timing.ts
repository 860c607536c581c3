import { TIMING, type GivenTiming } from '../../lib/options/timing.js'

/**
 * For applications and agents that hold nothing back until they send it: a trial of 512 operations takes 1.5 s instead of 9, and
 * hardly any of it is waiting, for which the product would run several at a time, each in a host that has to start.
 */
export const quickTiming: { readonly [TIMING]: GivenTiming; readonly concurrency: number } = {
  [TIMING]: { intervalMs: 50, agree: 2, settleMs: 2_000, watchMs: 0 },
  concurrency: 2,
}

/** The same for what has threads and processes that may still be starting at the first reading: there they have 0.75 s for it, as by default. */
export const patientTiming: typeof quickTiming = {
  ...quickTiming,
  [TIMING]: { ...quickTiming[TIMING], intervalMs: 250, settleMs: 4_000 },
}
