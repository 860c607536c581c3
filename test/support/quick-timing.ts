import { TIMING, type GivenTiming } from '../../lib/options/timing.js'

/** For applications and agents that hold nothing back until they send it: a trial of 512 operations takes 1.5 s instead of 9. */
export const quickTiming: { readonly [TIMING]: GivenTiming } = {
  [TIMING]: { intervalMs: 50, settleMs: 2_000, watchMs: 0 },
}

/** The same for what has threads and processes that may still be starting at the first reading: there they have 0.75 s for it, as by default. */
export const patientTiming: typeof quickTiming = {
  [TIMING]: { ...quickTiming[TIMING], intervalMs: 250, settleMs: 4_000 },
}
